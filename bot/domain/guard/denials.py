"""What a sentence denies: the words that "not", 않다 and their like stand at."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from bot.domain.guard.readings import KOREAN, LATIN, Token
from bot.domain.guard.scales import lemma
from bot.text.tokens import STOP_WORDS

SAID, UNTOLD, DENIED = 1, 0, -1

_DENIES = frozenset(
    "not never no cannot without nor neither none nobody nothing unable".split()  # noqa: SIM905 - reads better than quoted
)
_LACKS = frozenset(map(lemma, ("lack", "fail", "refuse")))
_RATHER_MORE = frozenset(("only", "just", "merely", "simply", "to"))
_PASSED_OVER = frozenset(
    """longer yet even always really very fully currently necessarily any more much at all enough
    able""".split()  # noqa: SIM905 - reads better than quoted
)
# With these the word behind them is denied, too: does not have support, did not take part.
_LIGHT = frozenset(map(lemma, ("have", "get", "take", "make", "become", "go", "see")))
_REACH = 6

_NOT = re.compile(r"않|못[하했한할함합]|말[고라았]")
_BEFORE_NOT = re.compile(r".지(?:는|도|를|가)?$")
_NONE = re.compile(r"없(?![애앴])")
_IS_NOT = re.compile(r"아(?:니[다며고라었지]|니$|닌|님|닙)")
_CANNOT = re.compile(r"불가(?:능|하|함|한|$)")
_ALONE = frozenset(("안", "못"))
_OF_NONE = re.compile(r"(?:수|적|바|줄|리)(?:는|가|도|이|조차)?$")
_NOT_DENIED = re.compile(r"(?:뿐|뿐만|만|밖에)$")


def is_denial(token: Token) -> bool:
    if token.kind == LATIN:
        return token.text in _DENIES or token.text.endswith("n't")
    return token.kind == KOREAN and (
        token.text in _ALONE
        or any(each.match(token.text) for each in (_NOT, _NONE, _IS_NOT, _CANNOT))
    )


def find_denials(tokens: Sequence[Token]) -> dict[int, int]:
    """Return the polarity of the words in clauses that deny something, by their places.

    A clause that denies twice tells nothing.
    """
    found: dict[int, int] = {}
    for token in tokens:
        heads = _heads(token, tokens)
        if heads is None:
            continue
        is_twice = any(found.get(head) is not None for head in heads)
        for other in tokens:
            if other.clause == token.clause:
                found.setdefault(other.place, UNTOLD)
        for head in heads:
            found[head] = UNTOLD if is_twice else DENIED
    return found


def _heads(token: Token, tokens: Sequence[Token]) -> list[int] | None:
    """Return the places of what a word denies; None if it denies nothing."""
    if token.kind == KOREAN:
        return _korean_heads(token, tokens)
    rest = tokens[token.place + 1 :]
    is_lacking = lemma(token.text) in _LACKS and rest[:1] and rest[0].text in ("to", "of")
    if token.kind != LATIN or not (is_denial(token) or is_lacking):
        return None
    if rest and rest[0].text in _RATHER_MORE and not is_lacking and token.text != "unable":
        return None
    return list(_heads_after(token, rest[:_REACH]))


def _heads_after(token: Token, rest: Sequence[Token]) -> Iterator[int]:
    for other in rest:
        if other.clause != token.clause:
            return
        if other.text in STOP_WORDS and lemma(other.text) not in _LIGHT:
            continue
        if other.text in _PASSED_OVER or other.text.endswith("ly"):
            continue
        if other.text not in STOP_WORDS:
            yield other.place
        if lemma(other.text) not in _LIGHT:
            return


def _korean_heads(token: Token, tokens: Sequence[Token]) -> list[int] | None:
    if not is_denial(token):
        return None
    at = token.place
    if token.text in _ALONE:
        return [at + 1] if at + 1 < len(tokens) else None
    if at == 0:
        return [at] if _CANNOT.match(token.text) else None
    before = tokens[at - 1]
    if _NOT_DENIED.search(before.text) or (
        _NOT.match(token.text) and token.text[0] in "않말" and not _BEFORE_NOT.search(before.text)
    ):
        return None
    if _NONE.match(token.text) and _OF_NONE.match(before.text) and at > 1:
        return [at - 2, at - 1]
    return [at - 1]
