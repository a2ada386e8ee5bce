"""Passages as rows; `storage.search` puts them into the table and the index together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.domain.models import LinkId, NoteId, Passage, SaveId
from storage.search.index import PassageRow

# Every passage repeats its title and heading, so an endless one would be stored and indexed
# hundreds of times: 300 KB in a file of 650 KB made 117 MB.
_MAX_NAME_LENGTH = 300


def passage_rows(
    parts: Sequence[Passage],
    *,
    title: str,
    link_id: LinkId | None = None,
    note_id: NoteId | None = None,
    save_id: SaveId | None = None,
) -> Iterator[PassageRow]:
    for position, part in enumerate(parts):
        yield PassageRow(
            link_id=link_id,
            note_id=note_id,
            save_id=save_id,
            position=position,
            heading=part.heading[:_MAX_NAME_LENGTH],
            title=title[:_MAX_NAME_LENGTH],
            text=part.text,
        )
