"""Both languages say the same things, and every sentence that the code names is there."""

from __future__ import annotations

import re
import string
from pathlib import Path

import pytest

from bot.texts import LANGUAGES, Texts

ROOT = Path(__file__).parents[2]
TEXTS = Texts.load()


def _fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_both_languages_have_the_same_sentences() -> None:
    korean, english = TEXTS.sentences("ko"), TEXTS.sentences("en")

    assert korean.keys() == english.keys()


@pytest.mark.parametrize("key", sorted(TEXTS.sentences("en")))
def test_a_sentence_takes_the_same_values_in_both_languages(key: str) -> None:
    korean, english = TEXTS.sentences("ko")[key], TEXTS.sentences("en")[key]

    assert _fields(korean) == _fields(english)


def test_every_sentence_that_the_code_names_is_there() -> None:
    named = re.compile(r'(?:say|say_quietly|UserError)\(\s*"([a-z_]+\.[a-z_.]+)"')
    missing = {
        (path.name, key)
        for folder in ("bot", "adapters", "storage")
        for path in (ROOT / folder).rglob("*.py")
        for key in named.findall(path.read_text(encoding="utf-8"))
        if not TEXTS.has(key)
    }

    assert missing == set()


def test_there_are_two_languages() -> None:
    assert set(LANGUAGES) == {"ko", "en"}
