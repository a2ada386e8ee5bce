"""The line that an entry begins with: `EMOJI [who] [title](url)` and all that people make of it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from adapters.importers.markdown_links import FoundLink, find_links
from bot.domain.emoji import bare_emoji, kind_of_emoji
from bot.domain.models import Kind
from bot.text.inline import plain

# What people use in a pinch; a document's legend goes before them.
_ALIASES = {"💻": Kind.DEV, "📰": Kind.NEWS, "📄": Kind.PAPER, "📃": Kind.PAPER, "📝": Kind.PAPER}
_NO_WORDS = re.compile(r"[\W_]*")
_WHO = re.compile(r"\[([^\[\]]{0,300})\]?|([^\[\]]{1,300})\]")
_MAX_NAMES = 8  # more brackets in a row are no names
_EDGES = " \t*_|-–—:,;·•()[]<>&+/."
# Link texts that say what kind of copy an address leads to, not what the thing is called.
_GENERIC_LABEL = re.compile(
    r"(?:official|공식)?(?:link|url|paper|pdf|arxiv|abs|html|news|blog|post|article|site|web|page"
    r"|project(?:page)?|github|code|repo(?:sitory)?|huggingface|model|dataset|demo|video|youtube"
    r"|slides?|docs?|homepage|here|:\w+:|링크|논문|뉴스|기사|블로그|코드|깃허브|영상|원문|출처"
    r"|바로가기|여기|홈페이지|데모|\W*)",
    re.IGNORECASE,
)
_DATE_PREFIX = re.compile(r"\(?\d{1,4}[-./]\d{1,2}(?:[-./]\d{1,4})?\)?\s*[-–:]?\s*")
_HTML_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,200}>")


@dataclass(frozen=True, slots=True)
class Head:
    """`aside`: words before or after the link that are neither who nor title.

    `is_led`: the line is a link, with at most an emoji, a name and punctuation around it.
    """

    kind: Kind | None
    who: str
    title: str
    aside: str
    links: tuple[FoundLink, ...]
    is_led: bool
    odd_links: tuple[FoundLink, ...] = ()  # images and what is no address on the web

    @property
    def link(self) -> FoundLink | None:
        return self.links[0] if self.links else None


Kinds = Mapping[str, Kind]  # bare emoji -> kind, as a document's own legend says


def read_head(text: str, legend: Kinds) -> Head:
    """Take a line apart. Links that are no addresses on the web, and images, are not its links."""
    emoji, body = split_emoji(text.lstrip("*| "))
    kind = find_kind(emoji, legend)
    found = find_links(body)
    links = tuple(link for link in found if link.is_web and not link.is_image)
    odd = tuple(link for link in found if not link.is_web or link.is_image)
    if not links:
        who, rest = _split_who(body)
        return Head(kind, who, _tidy(rest), "", (), is_led=False, odd_links=odd)
    first = links[0]
    title_emoji, label = split_emoji(first.label.strip("* "))
    kind = kind or find_kind(title_emoji, legend)
    if not find_kind(title_emoji, legend):
        label = first.label
    who, before = _split_who(body[: first.start])
    between = _between(body, links)
    label = " ".join(plain(label).split())
    title, aside = _choose_title(label, _tidy(before), _tidy(between))
    is_led = not _DATE_PREFIX.sub("", _tidy(before), count=1) and (
        bool(label) or not _tidy(between)
    )
    return Head(kind, who, title, aside, links, is_led, odd)


def split_emoji(text: str) -> tuple[str, str]:
    """Return the emoji that a text begins with, spaces among them dropped, and the rest."""
    end = 0
    for end, character in enumerate(text):  # noqa: B007 - the place is what the loop finds
        if not character.isspace() and not _is_emoji(character):
            break
    else:
        end = len(text)
    return "".join(text[:end].split()), text[end:]


def find_kind(emoji: str, legend: Kinds) -> Kind | None:
    """Return the kind that the first known emoji of a run stands for."""
    bare = bare_emoji(emoji)
    for start in range(min(len(bare), _MAX_NAMES)):
        for length in (2, 1):  # a developer is two: a person and a computer
            part = bare[start : start + length]
            if found := legend.get(part) or kind_of_emoji(part) or _ALIASES.get(part):
                return found
    return None


def is_generic(label: str) -> bool:
    return _GENERIC_LABEL.fullmatch(label.replace(" ", "")) is not None


def _is_emoji(character: str) -> bool:
    # Symbols, skin tones, joiners and variation selectors; not arrows, which count as math.
    if character.isascii():
        return False
    if "\U0001f000" <= character <= "\U0001faff":  # some are newer than Python's tables
        return True
    return (
        unicodedata.category(character) in ("So", "Sk") or character in "\u200d\ufe0f\ufe0e\u200b"
    )


def _split_who(text: str) -> tuple[str, str]:
    """Return the names in brackets that a text begins with, and the rest; one may be missing."""
    names: list[str] = []
    rest = text.strip(" *_")
    while len(names) < _MAX_NAMES and (match := _WHO.match(rest)):
        names.append(plain(match[1] or match[2] or "").strip())
        rest = rest[match.end() :].lstrip(" *_")
    return ", ".join(name for name in names if name), rest


def _between(body: str, links: tuple[FoundLink, ...]) -> str:
    """Return what stands after the first link, without the other links."""
    pieces = []
    end = links[0].end
    for link in links[1:]:
        pieces.append(body[end : max(end, link.start)])
        end = max(end, link.end)
    return "".join([*pieces, body[end:]])


def _choose_title(label: str, before: str, after: str) -> tuple[str, str]:
    """Return title and aside. A bare or generic label is no title if words stand beside it."""
    named = _DATE_PREFIX.sub("", before, count=1)
    if (not label or is_generic(label)) and not _NO_WORDS.fullmatch(named):
        return named, after
    if not label and not _NO_WORDS.fullmatch(after):
        return after, ""
    aside = " ".join(part for part in (named, after) if not _NO_WORDS.fullmatch(part))
    return label, aside


def _tidy(text: str) -> str:
    """Return what a reader sees, without the punctuation that joined it to a link."""
    visible = plain(_HTML_TAG.sub(" ", text) if "<" in text else text)
    tidy = " ".join(visible.split()).strip()
    stripped = tidy.strip(_EDGES)
    # Closing brackets and stops are part of a title if what they close is.
    start = tidy.find(stripped)
    tail = tidy[start + len(stripped) :]
    for closer, opener in ((")", "("), ("]", "[")):
        if tail.startswith(closer) and stripped.count(opener) > stripped.count(closer):
            stripped += closer
    return stripped
