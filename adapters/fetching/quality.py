"""Whether a page is what was asked for, or a notice in its place: a wall, an error, nothing.

No single phrase decides: what counts is how much the page says beside its notice.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from adapters.fetching.signs import Sign, known_signs
from bot.errors import FetchFailed

MAY_PASS = frozenset({"maintenance", "server_error"})

_ENOUGH = 1.0
_ENOUGH_ALONE = 0.5  # where next to nothing else is said
_ALONE = 150  # characters: whose site it is
# Characters of text that no sign explains: so many leave the signs their full weight, then less.
# In a heading they are believed beside more: whoever calls a page "not found" means the page.
_BESIDE_LINES, _BESIDE_HEADINGS = 600, 2_000
_LINE = 240  # a longer one is no notice
_FEW = 2  # lines: a page of so few is all notice, or none
_MUCH, _MUCH_IN_LONG = 6_000, 2_000  # characters in all, and in longer lines
_MOST_NOTICES = 60  # that are looked at, the first
_PARAGRAPH = 60  # a shorter line is furniture
_FILLED = 0.5  # of a heading: the rest is the name of the site, or an apology
_OWN_HEADING = 0.5  # what the signs are worth on a page whose heading is none
_NOTICED = 0.5  # of a line, to count in full
_SITE_NAME = 24  # a title so short may be that of the site
_NOTHING = 60
_TEASER = 2_500
_SPLIT = re.compile(r"\s+[|\-–—·•»›:]\s+|\s*\|\s*")
_HOST = re.compile(r"[\w.-]+\.\w{2,}")
_QUOTED = re.compile(r"“[^”]{4,}”|‘[^’]{4,}’|「[^」]{4,}」|\"[^\"]{4,}\"|(?<!\w)'[^']{4,}'")
# "Page not found: what to do": a notice has no subtitle.
_ARTICLE = re.compile(r"(?<=\w)(?<!^protected)(?<!default page): \w+ \w+|\?$", re.IGNORECASE)
_SENTENCE = re.compile(r"(?<=[.!?])\s+")
_SORRY = re.compile(
    r"^(?:we.re |i.m )?(?:oops|sorry|error|죄송합니다|오류)\W+(?:but |that |this |the )?",
    re.IGNORECASE,
)
_HANGUL = re.compile(r"[가-힣]")


@dataclass(frozen=True, slots=True)
class Shown:
    """What people see of a page, and what its markup is made of.

    `lines`: its blocks of text, links and menus left out. `marks`: addresses and names in its
    markup. `unscripted`: what it says to whoever runs no scripts. `has_scripts`: it runs some.
    `is_partly_free`: it says itself that not all of it is for everybody.
    """

    title: str = ""
    headings: tuple[str, ...] = ()
    lines: tuple[str, ...] = ()
    marks: str = ""
    unscripted: str = ""
    has_scripts: bool = False
    is_partly_free: bool = False


def check_shown(shown: Shown) -> None:
    """Refuse a page that is none.

    Raises:
        FetchFailed: with what it is instead.
    """
    reason = find_notice(shown)
    if reason:
        raise FetchFailed(reason, may_pass=reason in MAY_PASS, detail="a notice in its place")


def find_notice(shown: Shown) -> str:
    """Return what the page is instead of what was asked for, a reason; "" if it is just that."""
    if _says_much(shown):
        return ""
    in_names = {sign for name in _names(shown) for sign, filled in _best(name) if filled >= _FILLED}
    in_lines = _in_lines(shown)
    # Where nothing is said that is a sign, more text than marks are believed beside is enough.
    free = _count_free(shown, most=math.inf if in_names or in_lines else _BESIDE_HEADINGS)
    scores: defaultdict[str, float] = defaultdict(float)
    for sign in in_names:
        scores[sign.reason] += sign.weight * _share(_BESIDE_HEADINGS, free)
    beside = _share(_BESIDE_LINES, free) * _trust(shown)
    for sign, filled in in_lines.items():
        if sign not in in_names:
            scores[sign.reason] += sign.weight * beside * min(1.0, filled / _NOTICED)
    marks = shown.marks.lower() if free < _BESIDE_HEADINGS else ""
    for sign in known_signs().marks if marks else ():
        if sign.in_lower_case.search(marks):
            scores[sign.reason] += sign.weight * beside
    best = max(scores, key=lambda reason: scores[reason], default="")
    if best and scores[best] >= (_ENOUGH if free > _ALONE else _ENOUGH_ALONE):
        return best
    return "empty" if _is_empty(shown) else ""


def is_teaser(shown: Shown, text: str) -> bool:
    """Say whether what was read is only the beginning that everybody may see."""
    if size(text) > _TEASER:
        return False
    offers = any(
        known_signs().paywall.search(line)
        for line in (*shown.headings, *shown.lines)
        if size(line) <= _LINE
    )
    return offers or shown.is_partly_free


def size(text: str) -> int:
    """Return its characters, those of Hangul twice: a syllable says as much as two letters."""
    return len(text) + len(_HANGUL.findall(text))


def _says_much(shown: Shown) -> bool:
    """Say whether it is an article for certain: most are, and need no closer look."""
    lengths = [len(line) for line in shown.lines]
    return sum(lengths) > _MUCH or sum(each for each in lengths if each > _LINE) > _MUCH_IN_LONG


def _names(shown: Shown) -> Iterator[str]:
    for name in (shown.title, *_SPLIT.split(shown.title), *shown.headings):
        if not _ARTICLE.search(name):
            yield _SORRY.sub("", _QUOTED.sub("…", name))


def _notices(shown: Shown) -> Iterator[str]:
    """Yield the lines that may be notices: the short ones, or the only ones.

    What they quote they speak of.
    """
    is_all = len(shown.lines) <= _FEW
    short = (line for line in shown.lines if is_all or size(line) <= _LINE)
    return (_QUOTED.sub("…", line) for line in islice(short, _MOST_NOTICES))


def _count_free(shown: Shown, *, most: float) -> int:
    """Return the characters that no sign explains; from `most` on nobody counts any further."""
    free = 0
    for line in shown.lines:
        if free >= most:
            break
        free += size(line) if _is_free(line) else 0
    return free


def _is_free(line: str) -> bool:
    length = size(line)
    return length > _LINE or (length >= _PARAGRAPH and not _best(_QUOTED.sub("…", line)))


def _in_lines(shown: Shown) -> dict[Sign, float]:
    """Return the signs of all notices, and how much of their lines they are at best."""
    found: dict[Sign, float] = {}
    for line in _notices(shown):
        for sign, filled in _best(line):
            found[sign] = max(filled, found.get(sign, 0.0))
    return found


@lru_cache(maxsize=200)
def _best(line: str) -> Sequence[tuple[Sign, float]]:
    """Return the best sign of each reason that a line bears, and how much of the line it is."""
    found: dict[str, tuple[Sign, float]] = {}
    lowered = line.lower()
    for sign in known_signs().phrases:
        if sign.reason not in found and sign.in_lower_case.search(lowered):
            share = max(_share_of(sign, each) for each in (line, *_SENTENCE.split(line)))
            found[sign.reason] = sign, share
    return list(found.values())


def _share_of(sign: Sign, said: str) -> float:
    found = sum(len(each[0]) for each in sign.pattern.finditer(said))
    return found / (min(len(said), _LINE // 2) or 1)


def _filled(line: str) -> float:
    return max((filled for _, filled in _best(line)), default=0.0)


def _share(most: int, free: int) -> float:
    return min(1.0, most / (free or 1))


def _trust(shown: Shown) -> float:
    """Return what the lines are worth below the heading that the page has."""
    site = _SPLIT.split(shown.title)[1:] or [shown.title][: size(shown.title) <= _SITE_NAME]
    own = [each for each in shown.headings[:1] if each not in site and not _HOST.fullmatch(each)]
    is_named = any(_ARTICLE.search(each) or _filled(each) < _FILLED for each in own)
    return _OWN_HEADING if is_named and sum(map(size, shown.lines)) >= _NOTHING else 1.0


def _is_empty(shown: Shown) -> bool:
    said = [line for line in shown.lines if not known_signs().loading.fullmatch(line)]
    little = sum(map(size, said)) < _NOTHING
    return (
        little
        and shown.has_scripts
        and (bool(known_signs().needs_script.search(shown.unscripted)) or not said)
    )
