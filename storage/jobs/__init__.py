"""The port `Jobs`: on SQLite a table of ours, on PostgreSQL procrastinate's."""
