"""One operation a file: the command, the rule that decides it, and what its event changes."""
