"""Repeatable measurements behind `amends bench`; nothing here is used by the desk itself."""
