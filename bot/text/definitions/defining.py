"""What both languages' definitions share: where a sentence begins, and when it is quotable."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from bot.text.inline import plain
from bot.text.sentences import split_sentences
from bot.text.term_names import read_other_name

LONGEST_SENTENCE = 400
_SHORTEST_SENTENCE = 24
MOST_PLACES = 60  # of one cue that are looked at: a text of cues costs no more than a text

_HEADING = re.compile(r"^#{1,6} (.{1,200})$", re.MULTILINE)
_ENDS = (". ", "? ", "! ")
_BULLET = re.compile(r"\s*(?:[-*•·]|\d{1,2}[.)])?\s*")
_ENDED = re.compile(r"[.。][\"'”’)\]*_]{0,3}$")
# Who speaks of the text itself, of themselves or of now says nothing that lasts; a link, a table's
# row or two sentences without a space are no prose.
_PASSING = re.compile(
    r"https?://|\||[.!?]\[\d|[a-z]\.[A-Z][a-z]|[?？]"
    r"|\b(?:I|[Ww]e|[Oo]ur|us|my|[Hh]ere|below|above|today|yesterday|tomorrow|recently|currently|now"
    r"|last year|this (?:paper|article|post|section|chapter|work|page|case|guide|tutorial|example"
    r"|book|blog|repo\w*|project|release|year|week|month))\b"
    r"|우리|저희|제가|저는|나는|이 글|본 글|이 장|이 논문|본 논문|이번|여기서|아래|위의|위에서"
    r"|앞서|그림|오늘|어제|현재|최근|지난|올해|다음과 같|예를 들어"
)

_ARTICLE = re.compile(r"(?:the|an?)\s+", re.IGNORECASE)
# Between a term and what is said of it; what is said is more than a word or two.
_SAYS = re.compile(
    r"(?:\s?\([^()\n]{1,80}\))?"
    r"(?:,?\s(?:is|are|refers to|is defined as)\s|(?:이란|란|라는 것은|은|는),?\s)(?=.{12})"
)


@dataclass(frozen=True, slots=True)
class Definition:
    """`other_name`: what the brackets behind the term call it. `place`: where it begins."""

    term: str
    other_name: str
    sentence: str
    place: int


def define(term: str, *, inside: str, sentence: str, place: int) -> Definition:
    return Definition(term, read_other_name(term, inside), plain(sentence), place)


def subjects_of(text: str, title: str) -> str:
    """Return what title and headings are about, to look terms up in."""
    headings = _HEADING.findall(text) if "# " in text else []
    return bare("\n".join((title, *headings)))


def bare(term: str) -> str:
    return term.replace(" ", "").casefold()


def without_term(definition: str, names: Iterable[str]) -> str:
    """Return what a definition says of its term, for where the term stands before it.

    "RAG is a technique that …" -> "a technique that …", "RAG는 … 기법이다." -> "… 기법이다."
    """
    for name in sorted(names, key=len, reverse=True):
        rest = _after(definition, name)
        if rest and (said := _SAYS.match(rest)):
            return rest[said.end() :]
    return definition


def _after(definition: str, name: str) -> str:
    article = _ARTICLE.match(definition)
    start = article.end() if article else 0
    is_there = definition[start : start + len(name)].casefold() == name.casefold()
    return definition[start + len(name) :] if name and is_there else ""


def places(text: str, cue: str) -> Iterator[int]:
    return islice(_all_places(text, cue), MOST_PLACES)


def _all_places(text: str, cue: str) -> Iterator[int]:
    place = text.find(cue)
    while place >= 0:
        yield place
        place = text.find(cue, place + len(cue))


def start_of_sentence(text: str, place: int, *, reach: int) -> int | None:
    """Return where the sentence begins that this place is in; None if that is farther than this."""
    floor = max(0, place - reach)
    start = text.rfind("\n", floor, place) + 1
    for end in _ENDS:
        behind = text.rfind(end, max(floor, start), place)
        start = max(start, behind + len(end)) if behind >= 0 else start
    if start == 0 and floor > 0:
        return None
    bullet = _BULLET.match(text, start)
    return bullet.end() if bullet else start


def quotable_sentence(text: str, start: int) -> str:
    """Return the whole sentence that begins here, "" if it cannot stand alone."""
    line_end = text.find("\n", start)
    end = start + 2 * LONGEST_SENTENCE
    line = text[start : min(end, line_end) if line_end >= 0 else end]
    sentence = next(iter(split_sentences(line)), "")
    if not _SHORTEST_SENTENCE <= len(sentence) <= LONGEST_SENTENCE or not _ENDED.search(sentence):
        return ""
    return "" if _PASSING.search(sentence) else sentence
