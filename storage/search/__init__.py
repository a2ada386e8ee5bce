"""The port `SearchIndex`, and what an index is on each database."""
