"""The pack that this build trusts without a signature; written by `amends policy pin`."""

BUILT_IN_DIGEST = "4c1e6f7ca59620a82fb2a00ba363042c81e20201058f97adc4e2752054adce8b"
