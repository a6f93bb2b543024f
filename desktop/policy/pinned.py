"""The pack that this build trusts without a signature; written by `amends policy pin`."""

BUILT_IN_DIGEST = "596d04b48043ad7439297f496993b0ae26f0008ab9395024a120647847fb42eb"
