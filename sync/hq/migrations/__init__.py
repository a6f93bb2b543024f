"""HQ's schema, step by step."""
