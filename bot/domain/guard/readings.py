"""The words of a sentence by their script, in clauses, each with the role its particle gives it."""

from __future__ import annotations

import re
from dataclasses import dataclass

LATIN, KOREAN, NUMBER = "latin", "korean", "number"
SUBJECT, TOPIC, OBJECT, OTHER = "subject", "topic", "object", "other"

_TOKEN = re.compile(
    r"(?P<latin>[A-Za-zÀ-ɏ]+(?:'[A-Za-z]+)?)|(?P<korean>[가-힣]+)"
    r"|(?P<number>\d+(?:[.,]\d+)*)|(?P<border>[,;:—–]|\s-\s)"
)
_END_TO_END = re.compile(r"\b([A-Za-z]+)-(?:to|by)-\1\b", re.IGNORECASE)
_BEGINS_CLAUSE = frozenset(
    """and or but because since although though while whereas if unless when where which who that
    whether so""".split()  # noqa: SIM905 - reads better than quoted
)
_ENDS_CLAUSE = re.compile(
    r"(?:지만|는데|은데|면서|므로|니까|으나|다가|[하되]고|[하되]며|으며|이며|이고|해서|아서|어서|여서"
    r"|다고|다며|라며|라고)$"
)
_DENIED_HERE = re.compile(r"않|못[하했한할함합]|없[^애앴]|없$|아[니닌님닙]")
_PARTICLE = re.compile(
    r"(?:은|는|이|가|을|를|의|에|로|와|과|도|만|보다|에서|에게|으로|에는|에서는|보다는|이다|임|이며)$"
)
_ROLES = (
    (re.compile(r"(?:이|가|께서)$"), SUBJECT),
    (re.compile(r"(?:보다|보다는|보다도|을|를)$"), OBJECT),
    (re.compile(r"(?:은|는)$"), TOPIC),
    (re.compile(r"(?:에|에게|에게서|한테|으로|로)$"), OTHER),
)


@dataclass(slots=True)
class Token:
    """`text`: in small letters; `surface`: as it was written."""

    text: str
    surface: str
    kind: str
    place: int
    clause: int
    role: str
    is_first: bool


def split_tokens(sentence: str) -> list[Token]:
    """Return the words in order; a particle behind a Latin word or a number is no word."""
    tokens: list[Token] = []
    clause = last_end = 0
    for match in _TOKEN.finditer(_END_TO_END.sub(" ", sentence)):
        kind, surface = str(match.lastgroup), match[0]
        text = surface.casefold()
        if kind == "border" or text in _BEGINS_CLAUSE:
            clause += 1
        if kind == "border":
            continue
        if kind == KOREAN and tokens and last_end == match.start() and _PARTICLE.fullmatch(text):
            tokens[-1].role = _role(f"명{text}")
            continue
        last_end = match.end()
        role = _role(text) if kind == KOREAN else ""
        tokens.append(Token(text, surface, kind, len(tokens), clause, role, not tokens))
        if kind == KOREAN and (_ENDS_CLAUSE.search(text) or _DENIED_HERE.match(text)):
            clause += 1
    return tokens


def _role(word: str) -> str:
    if len(word) < 2:
        return ""
    return next((role for ending, role in _ROLES if ending.search(word)), "")
