"""The pack that this build trusts without a signature; written by `amends policy pin`."""

BUILT_IN_DIGEST = "296fffdb569e689fe406875d571f1e78bbf5c66a3701eacb28346635a299eaec"
