"""Believable history for a fresh store, made through the real use cases."""
