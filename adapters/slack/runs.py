"""Running text as Slack's rich text takes it, and how it is cut: pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from adapters.slack import limits
from adapters.slack.limits import units
from bot.posts import Anchor, ChannelName, Inlines, Text
from bot.text import graphemes
from bot.text.graphemes import chop
from bot.text.printable import is_control

# Slack asks for exactly these three (docs.slack.dev, "Escaping text").
_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
# What would end an address early in `<address|label>`.
_IN_ADDRESS = str.maketrans({"<": "%3C", ">": "%3E", "|": "%7C", " ": "%20", "\n": "%0A"})
_CHANNEL = re.compile(r"[CG][A-Z0-9]+")
_WORDS = re.compile(r"\S+\s*|\s+")


@dataclass(frozen=True, slots=True)
class Run:
    """Text in one style; `url` makes it a link, `channel` the name of a channel."""

    text: str
    url: str = ""
    channel: str = ""
    strong: bool = False
    emphasis: bool = False
    code: bool = False

    @property
    def size(self) -> int:
        return units(self.text) + units(self.url)


Runs = tuple[Run, ...]


def runs_of(inlines: Inlines) -> Runs:
    runs = (_anchor(each) if isinstance(each, Anchor) else _text(each) for each in inlines)
    return tuple(run for run in runs if run.text)


def made_strong(runs: Runs) -> Runs:
    return tuple(replace(run, strong=True) for run in runs)


def text_of(runs: Iterable[Run]) -> str:
    return "".join(run.text for run in runs)


def size_of(runs: Iterable[Run]) -> int:
    return sum(run.size for run in runs)


def clean(text: str) -> str:
    """Drop what is no text: halves of pairs, and marks that turn the reading direction around."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(_cleaned(each) if is_control(each) else each for each in text)


def escape(text: str) -> str:
    return text.translate(_ESCAPES)


def shorten(text: str, limit: int) -> str:
    return graphemes.shorten(text, limit, size=units)


def cut(runs: Runs, limit: int) -> Iterator[Runs]:
    """Cut between words into parts of at most `limit`; only a link may be longer by itself.

    A word is cut, between graphemes, where it alone is too long.
    """
    part: list[Run] = []
    used = 0
    for word in _words(runs):
        size = size_of(word)
        for bit in [word] if size <= limit else [[atom] for atom in _atoms(word, limit)]:
            cost = size if bit is word else size_of(bit)
            if part and used + cost > limit:
                yield _joined(part)
                part, used = [], 0
            part += bit
            used += cost
    if part:
        yield _joined(part)


def _words(runs: Runs) -> Iterator[list[Run]]:
    """Return what belongs together: a particle goes with the link or the bold name before it."""
    word: list[Run] = []
    for run in runs:
        texts = [run.text] if run.url else _WORDS.findall(run.text)
        for text in texts:
            word.append(replace(run, text=text))
            if text[-1].isspace():
                yield word
                word = []
    if word:
        yield word


def _atoms(word: Sequence[Run], limit: int) -> Iterator[Run]:
    for run in word:
        if run.url and units(run.text) <= limits.LINK_TEXT:
            yield run
        else:
            most = limits.LINK_TEXT if run.url else limit
            for text in chop(run.text, most, size=units):
                yield replace(run, text=text)


def _joined(runs: Sequence[Run]) -> Runs:
    """Return the runs with neighbours of one style made one again."""
    joined: list[Run] = []
    for style, same in groupby(runs, key=_style):
        alike = list(same)
        joined += alike if style.url else [replace(style, text=text_of(alike))]
    return tuple(joined)


def _style(run: Run) -> Run:
    return replace(run, text="")


def _text(text: Text) -> Run:
    channel = text.channel if isinstance(text, ChannelName) else ""
    is_channel = _CHANNEL.fullmatch(channel) is not None  # Slack refuses posts with others
    return Run(
        clean(text.text), "", channel if is_channel else "", text.strong, text.emphasis, text.code
    )


def _anchor(anchor: Anchor) -> Run:
    address = clean(anchor.url)
    url = address.translate(_IN_ADDRESS)
    is_link = url.lower().startswith(("http://", "https://")) and units(url) <= limits.URL
    return Run(clean(anchor.text).strip() or address, url if is_link else "")


def _cleaned(control: str) -> str:
    if control == "\n":
        return control
    if control.isspace():
        return " "
    return "\N{REPLACEMENT CHARACTER}" if "\ud800" <= control <= "\udfff" else ""
