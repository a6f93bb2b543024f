"""The pack that this build trusts without a signature; written by `amends policy pin`."""

BUILT_IN_DIGEST = "f802a4eb123b648e5df5d86113f961156e20ff89922a05d69e4a60844ffe776a"
