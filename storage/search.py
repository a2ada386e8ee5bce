"""The full-text index over SQLite's FTS5: what feeds it, and the search that people use."""

from __future__ import annotations

# Rows are `bot.text.tokens` words joined by spaces, so the tokenizer has nothing to decide:
# `ascii` splits at white space and takes every other letter as it comes, unlike `unicode61`,
# whose folding differs from Python's.
# Each word carries the number of its workspace in front ("7x" + word): a workspace has a term
# dictionary of its own inside one table, and what the index counts are that workspace's numbers.
# rowid is passages.id.
FTS_DDL = (
    """
    CREATE VIRTUAL TABLE passages_fts USING fts5(title, heading, body, tokenize = 'ascii')
    """,
    "CREATE VIRTUAL TABLE passages_fts_words USING fts5vocab('passages_fts', 'row')",
    """
    CREATE TABLE search_scopes (
        number INTEGER PRIMARY KEY,
        workspace TEXT NOT NULL UNIQUE,
        passages INTEGER NOT NULL DEFAULT 0,
        title_words INTEGER NOT NULL DEFAULT 0,
        heading_words INTEGER NOT NULL DEFAULT 0,
        body_words INTEGER NOT NULL DEFAULT 0
    )
    """,
)
