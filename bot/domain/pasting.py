"""A page's text that a member gives because the page cannot be read: how it is told from talk."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot.domain.models import LinkRecord, MessageId, PagePart, PageState, PageText, Save
from bot.domain.urls import can_be_saved, canonicalise, display_url, find_urls
from bot.text.languages import detect_language

LONG_CHARS = 300  # a reply as long as this is no question
FILE_TYPES = (".txt", ".md", ".markdown", ".pdf")
PASTED = "pasted"  # the gap; a colon and who gave the text follow it

_MARK = re.compile(r"(?:^|(?<=\s))(?:text|본문)\s*[:\uff1a]\s*", re.IGNORECASE)
_TITLE_CHARS = 150


@dataclass(frozen=True, slots=True)
class GivenText:
    """`title` is what a file calls itself, "" if nothing does. `parts`: see `PageText`."""

    text: str
    title: str = ""
    parts: tuple[PagePart, ...] = ()


def cut_text(words: str) -> tuple[str, str | None]:
    """Return what stands before "text:", and all that follows it; None: nobody gives a text."""
    found = _MARK.search(words)
    if found is None:
        return words, None
    return words[: found.start()].rstrip(), words[found.end() :].strip()


def find_reply(words: str) -> str | None:
    """Return the text that a reply gives: what follows "text:", or all of it if it is long."""
    words = words.strip()
    if marked := _MARK.match(words):
        return words[marked.end() :].strip()
    before, given = cut_text(words)
    if given is not None and find_urls(before):
        return None  # that is how a command is given one
    return words if len(words) >= LONG_CHARS else None


def is_marked(words: str) -> bool:
    """Whether it begins by saying that a text follows."""
    return _MARK.match(words.strip()) is not None


def may_be_text(words: str, files: Iterable[str]) -> bool:
    """Whether a reply may be meant as a page's text. `files`: the names of those beside it."""
    return find_reply(words) is not None or any(map(is_text_file, files))


def is_text_file(name: str) -> bool:
    return name.lower().endswith(FILE_TYPES)


def lacking(links: Iterable[LinkRecord]) -> list[LinkRecord]:
    """Return those that are unreadable, else those that failed for now."""
    links = list(links)
    unreadable = [each for each in links if each.state is PageState.UNREADABLE]
    return unreadable or [each for each in links if each.state is PageState.WAITING and each.reason]


def takers(links: Sequence[LinkRecord], *, is_meant: bool) -> dict[int, LinkRecord]:
    """Return which of a message's links a text may be of, by their numbers in it.

    Those that lack one, and those that were given one, which keep their numbers so. `is_meant`:
    the reply says that it is a text, so there is always one that it is of.
    """
    without = lacking(links)
    if not without and not is_meant:
        return {}
    numbered = dict(enumerate(links, 1))
    wanted = {n: each for n, each in numbered.items() if each in without or was_given(each)}
    return wanted or numbered


def was_given(link: LinkRecord) -> bool:
    """Whether the page's text is one that somebody gave."""
    return any(gap.partition(":")[0] == PASTED for gap in link.gaps)


def choose_link(text: str, links: Mapping[int, LinkRecord]) -> tuple[LinkRecord | None, str]:
    """Return which of the links a text is of, and the text without what names that link.

    It begins with the link's address or, of several, its number. Without either it is of the
    only one, or the only one without a text. None: it may be of several.
    """
    first, *rest = text.split(maxsplit=1) or [""]
    for number, link in links.items():
        is_numbered = len(links) > 1 and first.strip("#.):") == str(number)
        if is_numbered or _is_address_of(first, link):
            return link, "".join(rest)
    candidates = lacking(links.values()) or list(links.values())
    return (candidates[0], text) if len(candidates) == 1 else (None, text)


def _is_address_of(word: str, link: LinkRecord) -> bool:
    return any(canonicalise(each) == link.url for each in find_urls(word) if can_be_saved(each))


def choose_save(link: LinkRecord, message: MessageId, member: str) -> Save | None:
    """Return the save that a text given below a message belongs to: one's own, else the first."""
    there = [each for each in link.saves if each.message == message]
    own = [each for each in there if each.member == member]
    return next(iter((*own, *there)), None)


def page_of(link: LinkRecord, given: GivenText, *, by: str) -> PageText:
    """Return a page with this text. Its title: what the link has, the file's, or the first line."""
    title, text = link.title, given.text
    if title == display_url(link.url_as_saved):
        title = given.title or title
        first, _, rest = text.partition("\n")
        if not given.title and rest.strip() and len(first) <= _TITLE_CHARS:
            title, text = first.strip().lstrip("#").strip() or title, rest.strip()
    return PageText(
        url=link.url_as_saved,
        title=title,
        text=text,
        language=detect_language(text),
        parts=given.parts,
        gaps=(f"{PASTED}:{by}",),
    )
