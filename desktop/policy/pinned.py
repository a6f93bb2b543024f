"""The pack that this build trusts without a signature; written by `amends policy pin`."""

BUILT_IN_DIGEST = "39c5bd31aa8a92d10f94b27a86d25b97c035ff0eab9fdd171b9d0f912ccf68ff"
