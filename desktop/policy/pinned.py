"""The pack that this build trusts without a signature; written by `amends policy pin`."""

BUILT_IN_DIGEST = "a5ac36488f76de3757bf31b7d07312d2e685577245e32c82cfe7202fc09bd6ea"
