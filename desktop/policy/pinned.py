"""The pack that this build trusts without a signature; written by `amends policy pin`."""

BUILT_IN_DIGEST = "da5225e80ec4a3bc676d8efad3259183dc797ed6053245303bf036f62bc289d8"
