"""Commands of `amends`, one module each."""
