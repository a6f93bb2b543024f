"""The pack that this build trusts without a signature; written by `amends policy pin`."""

BUILT_IN_DIGEST = "6c6ebfc553218360e10d6bed086fe44e53f8b2aab4dd8342a901a80f347564cc"
