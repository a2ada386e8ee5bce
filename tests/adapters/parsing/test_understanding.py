"""Understanding made in a process of its own is the same as made here."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from adapters.parsing import Parsers, ParsingLimits
from adapters.parsing.understanding import ParsedUnderstanding
from bot.domain.models import Kind, PagePart, PageText
from bot.domain.understanding import make_sense
from bot.errors import FetchFailed

SAID = (
    "A queue keeps what nobody has read yet. 검색 증강 생성(retrieval-augmented generation)은 "
    "문서를 찾아 읽는다. A vector answers paraphrases well, and an index answers rare words.\n\n"
)


async def test_it_is_the_same_as_in_a_thread() -> None:
    parsers = Parsers(most=1)
    page = PageText(
        url="https://lab.example/queues",
        title="Queues",
        text=SAID * 9,
        language="en",
        parts=(PagePart("p. 1", SAID * 4), PagePart("p. 2", SAID * 5)),
        kind=Kind.PAPER,
        published_at=datetime(2025, 3, 4, tzinfo=UTC),
    )

    made = await ParsedUnderstanding(parsers)(page)

    assert made == make_sense(page)
    assert made.understanding.concepts
    assert {passage.heading for passage in made.passages} == {"p. 1", "p. 2"}
    await parsers.aclose()


async def test_a_text_that_takes_too_much_has_a_reason() -> None:
    parsers = Parsers(most=1, limits=ParsingLimits(wall_s=0.05))
    page = PageText(url="https://lab.example/", title="Long", text=SAID * 4_000, language="en")

    with pytest.raises(FetchFailed) as caught:
        await ParsedUnderstanding(parsers)(page)

    assert caught.value.reason == "too_large"
    await parsers.aclose()
