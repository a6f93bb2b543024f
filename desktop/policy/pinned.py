"""The pack that this build trusts without a signature; written by `amends policy pin`."""

BUILT_IN_DIGEST = "980abb640229fceabdec4ea28b7732587ef94cc6672ce3ab273aede2f5d7a913"
