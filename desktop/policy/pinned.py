"""The pack that this build trusts without a signature; written by `amends policy pin`."""

BUILT_IN_DIGEST = "e6cb7f48452bce091ada88428b46f78bdd521b8136b464b48c07e06d8afbf798"
