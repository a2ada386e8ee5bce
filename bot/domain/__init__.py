"""Pure values and decisions. Nothing here awaits, reads a file or knows the time."""
