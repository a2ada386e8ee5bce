"""Extracts: what of a long text is sent."""

from __future__ import annotations

import pytest

from bot.text.extracts import extract
from bot.text.languages import Language
from bot.text.token_counts import count_tokens

SENTENCES = [
    f"Worker {n} of the group bounded its queue at {n * 10} requests and answered sooner."
    for n in range(1, 60)
]
KOREAN = [
    f"작업자 {n}번은 대기열을 {n * 10}개로 제한해 응답이 빨라졌다고 밝혔다." for n in range(1, 60)
]


def test_a_short_text_is_sent_whole() -> None:
    text = "## Queues\n\nShort ones."

    assert extract(text, title="Queues", language=Language.EN, tokens=150) == text


@pytest.mark.parametrize(
    ("sentences", "language"), [(SENTENCES, Language.EN), (KOREAN, Language.KO)]
)
@pytest.mark.parametrize("tokens", [150, 400])
def test_of_a_long_text_whole_sentences_in_their_order(
    sentences: list[str], language: Language, tokens: int
) -> None:
    chosen = extract("\n".join(sentences), title="Queues", language=language, tokens=tokens)

    assert tokens // 2 <= count_tokens(chosen) <= tokens
    places = [chosen.find(each) for each in sentences if each in chosen]
    assert len(places) > 1
    assert places == sorted(places)


def test_what_has_no_sentences_is_cut() -> None:
    text = "word " * 3_000

    chosen = extract(text, title="", language=Language.EN, tokens=200)

    assert chosen
    assert count_tokens(chosen) <= 200
