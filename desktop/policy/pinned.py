"""The pack that this build trusts without a signature; written by `amends policy pin`."""

BUILT_IN_DIGEST = "cb12ce2ea7adbf763af45fa13c7f775baeffa6ec21f2077ce091ff33d2197d1e"
