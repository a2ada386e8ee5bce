"""Both languages say the same things, and every sentence that the code names is there."""

from __future__ import annotations

import re
import string
from pathlib import Path

import pytest

from bot.commands.spelling import spell_for_command_line
from bot.texts import LANGUAGES, Texts

ROOT = Path(__file__).parents[2]
TEXTS = Texts.load()
KEYS = sorted(TEXTS.sentences("en"))


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


def test_what_stands_for_a_sentence_somewhere_stands_for_one() -> None:
    elsewhere = re.compile(r"(.+)\.(?:web_chat|command_line)\.(\w+)")
    stands_for = [found.expand(r"\1.\2") for found in map(elsewhere.fullmatch, KEYS) if found]

    assert stands_for
    assert set(stands_for) <= set(KEYS)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("key", [key for key in KEYS if re.match(r"unreadable\.|help\.menu", key)])
def test_the_web_chat_and_the_command_line_ask_for_no_file_to_be_dropped(
    key: str, language: str
) -> None:
    asks = re.compile(r"with (its|a) file|파일을 (올|첨부)")
    in_web_chat = TEXTS.spelt(str, where="web_chat").get(language, key)
    by_operator = spell_for_command_line(TEXTS).get(language, key)

    assert not asks.search(in_web_chat)
    assert not asks.search(by_operator) or key == "help.menu"
    assert "/save" not in by_operator
    assert "{" not in in_web_chat + by_operator


def test_what_to_do_about_a_log_in_is_said_as_it_can_be_done_there() -> None:
    chat = TEXTS.get("en", "unreadable.login")
    web_chat = TEXTS.spelt(str, where="web_chat").get("en", "unreadable.login")
    operator = spell_for_command_line(TEXTS).get("en", "unreadable.login")

    assert "or with its file" in chat
    assert "text:" in web_chat
    too_soon = spell_for_command_line(TEXTS).get("en", "save.too_soon")
    assert too_soon.endswith("jubo save ADDRESS in a minute does.")
    assert operator.endswith("give me its text: `jubo save ADDRESS --text FILE`.")
