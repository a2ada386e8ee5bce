"""How a database is opened, and how transactions of it begin, wait, share a commit and fail."""
