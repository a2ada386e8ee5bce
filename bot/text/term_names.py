"""The names of a term: when two spellings are one, when one is the other's acronym."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from bot.text.bilingual import singular

_HANGUL = re.compile(r"[가-힣]")
_ARTICLE = re.compile(r"^(?:the|an?)\s+", re.IGNORECASE)
# What tells names apart stays: C++ and C#, GPT-4 and GPT-4.1.
_BETWEEN = re.compile(r"(?<!\d)\.|\.(?!\d)|[^\w.+#]|_")
_NAME = re.compile(r"(?=.*[A-Za-z가-힣]{2})[A-Za-z가-힣0-9][A-Za-z가-힣0-9 .+#/&'’-]*")
_CALLED = re.compile(
    r"^(?:(?:also|sometimes|often|commonly)\s)?(?:known as|called|or|aka|a\.k\.a\.)\s+(?:the\s)?"
    r"|^(?:이하|또는|일명|약칭|영어:|영어로|줄여서)\s+",
    re.IGNORECASE,
)
_TELLS_ABOUT = re.compile(
    r"^(?:주로|예|등|및|e\.?g|i\.?e|see|cf|born|mostly|such)\b", re.IGNORECASE
)
_MOST_WORDS = 6
_ACRONYM_LETTERS = range(2, 9)
# A name that a text needs a short one for is one that it uses.
_LEAST_USES = 3
_MOST_ACRONYMS = 5
_IN_BRACKETS = re.compile(r"\(([A-Z][A-Za-z]{1,7})\)")
_JOINING = frozenset(["of", "and", "for", "the", "in", "with", "to", "on"])
_READ_CHARS = 60_000


@lru_cache(maxsize=16_384)  # two names of some thousand sources, several times each
def name_key(name: str) -> str:
    """Return what all spellings of a name share: case, plural, spaces, hyphens, article."""
    name = _ARTICLE.sub("", unicodedata.normalize("NFKC", name).strip())
    if not _HANGUL.search(name):
        name = singular(name)
    return _BETWEEN.sub("", name).casefold()


def is_korean(name: str) -> bool:
    return _HANGUL.search(name) is not None


def read_other_name(term: str, inside: str) -> str:
    """Return what brackets behind a term call it, "" if they say something else of it."""
    name = _CALLED.sub("", inside).split(",")[0].strip(" *_`\"'“”")
    if not _NAME.fullmatch(name) or _TELLS_ABOUT.match(name) or len(name.split()) > _MOST_WORDS:
        return ""
    if is_korean(name) != is_korean(term):
        return name
    return name if is_acronym_of(name, term) or is_acronym_of(term, name) else ""


def is_acronym_of(short: str, long: str) -> bool:
    """Tell that the letters stand in the longer name in order, at least half at a word's start."""
    letters = [each for each in short.removesuffix("s").casefold() if each.isalnum()]
    if len(letters) not in _ACRONYM_LETTERS or " " in short or len(long) < 2 * len(letters):
        return False
    words = [word.casefold() for word in re.findall(r"[A-Za-z0-9]+", long)]
    if not words or words[0][0] != letters[0] or short.islower():
        return False
    initials, everything = "".join(word[0] for word in words), iter("".join(words))
    return _begun(letters, initials) * 2 >= len(letters) and all(
        letter in everything for letter in letters
    )


def _begun(letters: list[str], initials: str) -> int:
    """Count the letters that begin a word, words in their order."""
    count = after = 0
    for letter in letters:
        place = initials.find(letter, after)
        if place >= 0:
            count, after = count + 1, place + 1
    return count


def harvest_acronyms(text: str) -> list[tuple[str, str]]:
    """Return (Retrieval-Augmented Generation, RAG) where a text says so and goes on to use it.

    Every letter begins a word of the long name: what is looser is left out.
    """
    text = text[:_READ_CHARS]
    found: dict[str, str] = {}
    for match in _IN_BRACKETS.finditer(text):
        short = match[1].removesuffix("s")
        if short in found or not short.isupper():
            continue
        long = _long_name(text[max(0, match.start() - 80) : match.start()], short.casefold())
        if long and text.count(short) >= _LEAST_USES:
            found[short] = long
    return [(long, short) for short, long in found.items()][:_MOST_ACRONYMS]


def _long_name(before: str, letters: str) -> str:
    words = before.rsplit("\n", 1)[-1].split()
    for count in range(1, min(len(words), len(letters) + 2) + 1):
        long = " ".join(words[-count:])
        parts = [part for part in re.split(r"[\s-]+", long) if part not in _JOINING]
        if not all(part.isalpha() for part in parts):
            return ""
        if (
            "".join(part[0] for part in parts).casefold() == letters
            and words[-count] not in _JOINING
        ):
            return long
    return ""
