"""What of a link's title and first words tells which happening it reports: words with weights."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from bot.domain.archives import Mark
from bot.domain.headline_words import headline_shares
from bot.domain.models import LinkRecord
from bot.domain.urls import InvalidUrl, host_of
from bot.text.glossary import load_glossary
from bot.text.tokens import tokenise

# A report says what happened at its beginning. With 400 or 3,000 characters the labelled articles
# come in about the same order.
_LEAD_CHARS = 800
# "Title | Acme" and "Acme News - Title": the site's name is no part of the story.
_SITE_AFTER = re.compile(r"^(?P<title>.+?)\s+(?P<mark>[|·–—-])\s+(?P<site>[^|·–—]{1,40})$")
_SITE_BEFORE = re.compile(r"^(?P<site>[^|·–—]{1,40}?)\s+(?P<mark>[|·–—-])\s+(?P<title>.+)$")
_NO_LETTER = re.compile(r"[\W_]+")

# The links of a period are too few to tell which words are rare: what headlines say anyway stands
# beside them as so many links more, in which any other word is in one of a thousand. Without it the
# labelled news come out worse (F1 .46 for .62), all others about the same.
_EVERYDAY_LINKS = 200
_UNKNOWN_SHARE = 0.001
_TITLE_WEIGHT = 2.0
_FEW = 3
_SHORT_WEIGHT = 0.3  # of "3", "24" and single letters: every second title has some
_SYLLABLES_WEIGHT = 0.7  # of a pair of syllables: a Korean word has several

# A title that is a name, or explains one: "MiniMax M3", "Ferret-UI: how it sees". A plain word
# alone ("Introduction") names nothing.
_NAMED = re.compile(r"^((?:\S+ ){0,2}\S+?)(?: \(\w+\))?(:\s|$)")
_ODD_WORD = re.compile(r"[a-z][A-Z]|[A-Z]{2}|[A-Za-z][\s-]?\d")

# "Part 2", "GPT-5", "2부", "4강": what is counted, and the number.
_COUNTED = re.compile(r"([^\W\d_]+)[\s-]?[vV]?(\d+(?:\.\d+)*)(?![\d%])")
_ORDINAL = re.compile(r"(?<![\d.])(\d+)\s?(부|편|강|장|회|회차|화|탄|주차|챕터|차시|호)(?![가-힣])")
_PART = re.compile(r"^(.{6,}?)(?:\s*[:|–—]\s+|\s+-\s+)(.+)$")
_NAME_BORDER = re.compile(r"(?<=[^\W\d_])[-/](?=[^\W\d_]\w{0,3}\d)")  # MiniMax-M3, MiniMax M3
_ARXIV = re.compile(r"(?<![\d.])(\d{4}\.\d{4,5})(?:v\d+)?(?![\d.])")
# Hosts that show a paper under its arXiv number.
_PAPER_HOSTS = re.compile(r"//(?:[\w-]+\.)*(?:arxiv|huggingface|alphaxiv|paperswithcode|ar5iv)\.")

# "Street Fighter III" is "Street Fighter 3". A letter alone is more often a name.
_NUMERALS = ("", "", "II", "III", "IV", "", "VI", "VII", "VIII", "IX")
_NUMERAL = re.compile(rf"(?<=[a-z] )(?:{'|'.join(filter(None, _NUMERALS))})(?![\w'’-])")
_AMOUNT = re.compile(r"(\d[\d,]{0,12}(?:\.\d{1,3})?)\s?([억조])")
_HANGUL = re.compile(r"[가-힣]")
_LATIN = re.compile(r"[a-z0-9]")


@dataclass(frozen=True, slots=True)
class Report:
    """A link as words.

    Of its title: `name` is the thing that it explains, `numbers` what it counts, `series` what it
    begins with where a part follows.
    """

    link: LinkRecord
    title: frozenset[str]
    name: frozenset[str]
    lead: Counter[str]
    numbers: Mapping[str, frozenset[str]]
    series: str
    host: str
    paper: str  # its number at arXiv
    is_korean: bool
    is_near_copy: bool
    words: frozenset[str]  # of title and lead

    @property
    def tells_apart(self) -> tuple[object, ...]:
        """What `are_apart` looks at: of links that are equal in it, one stands for all."""
        series = (self.series, self.host, self.title) if self.series else ()
        return (frozenset(self.numbers.items()), series, self.paper, self.is_near_copy)


def read_report(link: LinkRecord) -> Report:
    bare = bare_title(link)
    lead = lead_of(link)
    is_korean = _HANGUL.search(bare) is not None
    title, body = _words(bare), _words(lead)
    if is_korean:
        title += _translate(bare)
        body += _translate(lead)
        body += [word for concept in link.concepts for word in tokenise(concept.other_name)]
        body += _say_amounts(lead)
        title += _say_amounts(bare)
    series = _PART.match(bare)
    return Report(
        link,
        frozenset(title),
        frozenset(_name_of(bare)),
        Counter(body),
        _counted(bare),
        series[1].casefold() if series else "",
        _host(link),
        paper_of(link),
        is_korean,
        Mark.NEAR_COPY in link.doubts,
        frozenset((*title, *body)),
    )


def paper_of(link: LinkRecord) -> str:
    """Return the number at arXiv of the paper that a link is, "" if it is none."""
    number = _ARXIV.search(link.url) if _PAPER_HOSTS.search(link.url) else None
    return number[1] if number else ""


def lead_of(link: LinkRecord) -> str:
    points = link.summary.points if link.summary else ()
    return "\n".join((link.text[:_LEAD_CHARS], *(point.text for point in points)))[:_LEAD_CHARS]


class Rarity:
    """How telling a word is among these links: the rarer, the more."""

    def __init__(self, reports: Sequence[Report]) -> None:
        self._holders = Counter(word for each in reports for word in each.words)
        self._links = len(reports)
        self._of = {word: self._measure(word) for word in self._holders}
        self._squares = {word: rarity**2 for word, rarity in self._of.items()}

    @property
    def most(self) -> float:
        """What a word tells that one link alone has."""
        return math.log((self._links + _EVERYDAY_LINKS) / (1 + _EVERYDAY_LINKS * _UNKNOWN_SHARE))

    def is_rare(self, word: str) -> bool:
        return word not in headline_shares() and self._holders[word] <= _FEW

    def of(self, word: str) -> float:
        return self._of[word]

    def mass(self, words: Iterable[str]) -> float:
        """Return how much words tell together, whatever order they come in."""
        return math.fsum(map(self._squares.__getitem__, words))

    def _measure(self, word: str) -> float:
        share = headline_shares().get(word, _UNKNOWN_SHARE)
        total = self._links + _EVERYDAY_LINKS
        rarity = math.log(total / (self._holders[word] + _EVERYDAY_LINKS * share))
        return max(0.0, rarity) * _weight(word)

    def weigh(self, report: Report) -> dict[str, float]:
        """Return the words of title and lead with weights, of length 1 as a vector."""
        weights = {
            word: self.of(word) * (_TITLE_WEIGHT * (word in report.title) + math.log1p(count))
            for word, count in ((word, report.lead[word]) for word in report.words)
        }
        length = math.sqrt(math.fsum(weight**2 for weight in weights.values()))
        return {word: weight / length for word, weight in weights.items()} if length else {}


def _weight(word: str) -> float:
    if len(word) == 1 or (len(word) == 2 and word.isdecimal()):
        return _SHORT_WEIGHT
    return 1.0 if is_latin(word) else _SYLLABLES_WEIGHT


def is_latin(word: str) -> bool:
    return _LATIN.match(word) is not None


def _words(text: str) -> list[str]:
    return tokenise(_NAME_BORDER.sub(" ", _say_numerals(text)))


def _say_numerals(text: str) -> str:
    return _NUMERAL.sub(lambda match: str(_NUMERALS.index(match[0])), text)


def bare_title(link: LinkRecord) -> str:
    """Return a title that somebody wrote, without its site: two addresses are no story."""
    if link.title in (link.url, link.url_as_saved):
        return ""
    title = " ".join(link.title.split())
    for pattern in (_SITE_AFTER, _SITE_BEFORE):
        match = pattern.match(title)
        # "Course - Loops" has no site in it, and is not the same as "Course - Tests".
        if match and _names_site(match["site"], link):
            title = match["title"]
    return title


def _name_of(title: str) -> list[str]:
    match = _NAMED.match(title)
    if not match or not (match[2] or _ODD_WORD.search(match[1])):
        return []
    return _words(match[1])


def _names_site(name: str, link: LinkRecord) -> bool:
    letters = _NO_LETTER.sub("", name.casefold())
    sites = (_NO_LETTER.sub("", site.casefold()) for site in (link.site, _host(link)))
    return bool(letters) and any(site and (letters in site or site in letters) for site in sites)


def _counted(title: str) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for match in _COUNTED.finditer(_say_numerals(title)):
        found.setdefault(match[1].casefold(), set()).add(match[2])
    for match in _ORDINAL.finditer(title):
        found.setdefault(match[2], set()).add(match[1])
    return {what: frozenset(numbers) for what, numbers in found.items()}


def _host(link: LinkRecord) -> str:
    try:
        return host_of(link.url)
    except InvalidUrl:
        return link.url


def _translate(text: str) -> list[str]:
    """Return the English search words for the Korean terms of a text."""
    names, pattern = _terms()
    return [word for match in pattern.finditer(text) for word in names[_joined(match[0])]]


def _say_amounts(text: str) -> list[str]:
    """Return what amounts are in English: 20억 is 2 billion, 3조 3 trillion."""
    words: list[str] = []
    for match in _AMOUNT.finditer(text):
        hundred_millions = float(match[1].replace(",", "")) * (10_000 if match[2] == "조" else 1)
        for name, size in (("trillion", 10_000), ("billion", 10), ("million", 0.01)):
            if hundred_millions >= size:
                words += tokenise(f"{hundred_millions / size:g} {name}")
                break
    return words


@cache
def _terms() -> tuple[Mapping[str, tuple[str, ...]], re.Pattern[str]]:
    names: dict[str, tuple[str, ...]] = {}
    for korean, english in load_glossary():
        names[_joined(korean)] = (*names.get(_joined(korean), ()), *tokenise(english))
    longest_first = sorted(
        {korean for korean, _ in load_glossary()}, key=lambda term: (-len(term), term)
    )
    pattern = "|".join(re.escape(term).replace(r"\ ", " ?") for term in longest_first)
    return names, re.compile(f"(?<![가-힣])(?:{pattern})")


@lru_cache(maxsize=1 << 12)
def _joined(korean: str) -> str:
    return korean.replace(" ", "")
