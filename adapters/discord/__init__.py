"""Discord through discord.py: events in, posts out."""
