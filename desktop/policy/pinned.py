"""The pack that this build trusts without a signature; written by `amends policy pin`."""

BUILT_IN_DIGEST = "ce5ca4c3137faf6ef6c50bb4b99ee0f05e3611815e6466095dc9308b0b4e457c"
