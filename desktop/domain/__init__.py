"""The rules of the desk: pure, no I/O, time and ids passed in."""
