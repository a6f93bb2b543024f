"""Use cases of the desk, one a file; ports say what they need from outside."""
