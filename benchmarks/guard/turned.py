"""Outputs of one sentence each that say the opposite of a page, and outputs that say the same."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice

from benchmarks.guard.clean import Output
from benchmarks.guard.pages import Page, is_prose
from benchmarks.guard.turns import Change, Turn, Wording, otherwise
from bot.domain.guard import Source, Statement
from bot.text.languages import Language
from bot.text.sentences import split_sentences

# Another word in a quotation makes a quotation that is none.
_QUOTED = re.compile(r"[\"“”‘「『]|(?<!\w)['’]")
# So many are planted of 200 where pages have few of a form.
_SHARE_PLANTED = 0.6
_SHARE_OTHERWISE = 0.5


def make_turned(
    turn: Turn, pages: Sequence[Page], *, half: str, chance: random.Random, count: int
) -> tuple[list[Output], list[Output]]:
    """Return up to `count` outputs turned, and as many that say the same otherwise.

    Korean and English as equals, as far as the pages go. No sentence gives two of a kind.
    """
    turned: list[Output] = []
    kept: list[Output] = []
    for language in Language:
        wording = Wording(language, half, chance)
        own = [page for page in pages if page.language is language]
        planted = list(_plant(turn, own, wording, count)) if turn.plant else []
        share = int(count * _SHARE_PLANTED) // 2 if planted else 0
        for outputs, change in ((turned, turn.turned), (kept, turn.kept)):
            sentences = [*planted[:share], *_sentences(own, chance), *planted[share:]]
            outputs += islice(_made(change, sentences, wording), count // 2)
    return turned, kept


def _sentences(pages: Sequence[Page], chance: random.Random) -> list[tuple[Page, str]]:
    found = [
        (page, sentence)
        for page in pages
        for sentence in dict.fromkeys(split_sentences(page.text))
        if is_prose(sentence, page.language) and not _QUOTED.search(sentence)
    ]
    return chance.sample(found, len(found))


def _plant(
    turn: Turn, pages: Sequence[Page], wording: Wording, count: int
) -> Iterator[tuple[Page, str]]:
    assert turn.plant is not None
    for _ in range(count):
        page, sentence = wording.chance.choice(pages), turn.plant(wording)
        lines = page.text.split("\n")
        lines.insert(wording.chance.randrange(len(lines) + 1), sentence)
        yield replace(page, text="\n".join(lines)), sentence


def _made(
    change: Change, sentences: Sequence[tuple[Page, str]], wording: Wording
) -> Iterator[Output]:
    for page, sentence in sentences:
        changed = change(sentence, wording)
        if changed is None:
            continue
        if wording.chance.random() < _SHARE_OTHERWISE:
            changed = _say_otherwise(sentence, change, wording) or changed
        source = Source(1, page.text, title=page.title, url="https://pages.example/read")
        statement = Statement(changed.rstrip(". "), (1,))
        yield Output("turned", page.language, (source,), (statement,))


def _say_otherwise(sentence: str, change: Change, wording: Wording) -> str | None:
    """Return the changed sentence in other words, if what is changed is still in them."""
    return change(otherwise(sentence, wording), wording)
