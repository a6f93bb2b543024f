"""Joins ports of the use cases to parts that know nothing of them; loads those parts late."""
