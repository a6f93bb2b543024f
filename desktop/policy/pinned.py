"""The pack that this build trusts without a signature; written by `amends policy pin`."""

BUILT_IN_DIGEST = "9e1b7fdb75e0b7a7d0ee61c2e55427d673d401025753c2dab7771aadc47c746d"
