"""Who does something, and to whom: whether two sentences agree on it.

English tells it by the order of the words around a verb, Korean by particles. The passive turns
both round.
"""

from __future__ import annotations

from collections import Counter

from bot.domain.guard.assertions import Assertion, Word
from bot.domain.guard.readings import KOREAN, NUMBER, OBJECT, OTHER, SUBJECT, TOPIC

SAME, UNKNOWN, SWAPPED = 1, 0, -1

Pair = tuple[str, str]


def compare_roles(claim: Assertion, carrier: Assertion) -> int:
    """Return whether who and whom are the same in all pairs that both have, or exchanged in any."""
    mine, others = _pairs(claim), _pairs(carrier)
    if any(pair[::-1] in others for pair in mine - others):
        return SWAPPED
    return SAME if mine & others else UNKNOWN


def _pairs(assertion: Assertion) -> frozenset[Pair]:
    is_korean = any(word.kind == KOREAN for word in assertion.words)
    found = _korean_pairs(assertion) if is_korean else _english_pairs(assertion)
    times = Counter(word.key for word in assertion.words)
    # What stands there twice may be both.
    return frozenset(pair for pair in found if all(times[key] == 1 for key in pair))


def _english_pairs(assertion: Assertion) -> list[Pair]:
    """Return the names on both sides of each verb or comparison, who does it first."""
    found: list[Pair] = []
    for at, word in enumerate(assertion.words):
        if word.is_name or word.kind == NUMBER:
            continue
        before = _run([each for each in assertion.words[:at][::-1] if _is_in(each, word)])
        after = _run([each for each in assertion.words[at + 1 :] if _is_in(each, word)])
        if not before or not after:
            continue
        is_passive = any(word.place < by < after[0].place for by in assertion.marks["by"])
        pairs = [(one.key, other.key) for one in before for other in after if one.key != other.key]
        found += [pair[::-1] if is_passive else pair for pair in pairs]
    return found


def _run(words: list[Word]) -> list[Word]:
    """Return the nearest name, all of it: what stands side by side is one."""
    names = [word for word in words if word.is_name]
    return [word for number, word in enumerate(names) if abs(word.place - names[0].place) == number]


def _is_in(word: Word, other: Word) -> bool:
    return word.clause == other.clause


def _korean_pairs(assertion: Assertion) -> list[Pair]:
    found: list[Pair] = []
    for clause in assertion.clauses():
        words = [word for word in clause.words if word.kind != NUMBER]
        by_role = {
            role: [word.key for word in words if word.role == role]
            for role in (SUBJECT, TOPIC, OBJECT, OTHER)
        }
        subjects = by_role[SUBJECT] or by_role[TOPIC]
        objects = by_role[OBJECT]
        if by_role[SUBJECT] and not objects:
            objects = by_role[TOPIC]
        if any(word.is_passive for word in words[-2:]):
            found += [(other, one) for one in subjects for other in (*by_role[OTHER], *objects)]
        else:
            found += [(one, other) for one in subjects for other in (*objects, *by_role[OTHER])]
    return found
