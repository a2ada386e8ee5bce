"""Sentences of Korean and English prose, bullets and headings."""

import re
from collections.abc import Iterator
from itertools import chain

_END = re.compile(
    r"[.!?。!?…]{1,8}"
    r"[\"'”’」』)\]*_]{0,4}"  # closing quotes, brackets and emphasis belong to the sentence
    r"(?=\s|$|(?<=[다요죠까음함임됨니]\.)[가-힣A-Z\"“‘])"  # "했다.그리고" lacks its space
)
_ABBREVIATION = re.compile(
    r"(?:^|[\s(\[\"“])(?:mr|mrs|ms|dr|prof|st|vs|e\.g|i\.e|cf|fig|figs|eq|eqs|sec|no|vol|pp?"
    r"|al|approx|inc|ltd|co|corp|jr|sr|dept|est|ver|rep|sen|gov|gen|adm|lt|col|capt|sgt|rt|hon|rev"
    r"|mt|[a-z]|(?:[a-z]\.){1,4}[a-z])\.$",
    re.IGNORECASE,
)
# A Korean sentence is over here, also before a name that is written small: "쓴다. npm은 …".
_PREDICATE = re.compile(r"[다요죠까]\.$")
_ENUMERATOR = re.compile(
    r"\s*(?:[-*•·]\s*)?[*_(\[]{0,3}(?:\d{1,3}|[a-z]|[ivx]{1,4}|[가-하])[.)]+", re.I
)
# What follows a quoted sentence and belongs to it: "갔다." 라고 말했다.
_SAYS = r"(?:이?라고|이?라며|이?라는|이?란|하고|하는|하며|라면서|고 |며 |는 )"
_QUOTE_TAIL = re.compile(rf"\s+{_SAYS}")
_QUOTATION = re.compile(rf"(?:\"[^\"]{{1,300}}\"|“[^“”]{{1,300}}”)\s?{_SAYS}")
# An address, a footnote mark or a short remark on the sentence before it.
_REMARK = re.compile(r"\s*(?:\(https?:[^()\s]{0,2000}\)|\([^()]{1,40}\)|\[[^\[\]]{1,8}\])(?=\s|$)")
_DATE = re.compile(r"(?<!\d)(?:19|20)\d\d\.\s\d{1,2}\.(?:\s\d{1,2}\.)?")
_BRACKET = re.compile(r"[()\[\]]")
_NESTS = re.compile(r"[()\[\]\"“]|(?:19|20)\d\d\.")
_LOOKBACK_CHARS = 12


def split_sentences(text: str) -> list[str]:
    """Return the sentences in order, stripped, none empty; a line break always ends one.

    Nothing but white space is lost: bullet marks, quotes and emphasis stay with their sentence.
    """
    return [
        stripped
        for line in text.splitlines()
        for sentence in _split_line(line)
        if (stripped := sentence.strip())
    ]


def _split_line(line: str) -> Iterator[str]:
    is_nested = _find_nested(line)
    start = 0
    for match in _END.finditer(line):
        remark = _REMARK.match(line, match.end())
        end = remark.end() if remark else match.end()
        if (
            match.start() >= start
            and not is_nested[end]
            and _ends_sentence(line, start, match, end)
        ):
            yield line[start:end]
            start = end
    yield line[start:]


def _ends_sentence(line: str, start: int, match: re.Match[str], end: int) -> bool:
    before = line[max(start, match.start() - _LOOKBACK_CHARS) : match.start() + 1]
    after = line[end : end + _LOOKBACK_CHARS]
    if match[0].startswith((".", "…")):
        is_lower = after.lstrip()[:1].islower() and not _PREDICATE.search(before)
        if is_lower or _ABBREVIATION.search(before):
            return False
        if _ENUMERATOR.fullmatch(line, start, match.end()):
            return False
    return not _QUOTE_TAIL.match(after)


def _find_nested(line: str) -> bytearray:
    """Say for each position whether it lies in brackets, a Korean quotation or a date: 1 or 0.

    Brackets that do not pair up are not counted.
    """
    is_nested = bytearray(len(line) + 1)
    if _NESTS.search(line) is not None:
        quotations = ((each.start(), each.end() - 1) for each in _QUOTATION.finditer(line))
        dates = (each.span() for each in _DATE.finditer(line))
        for start, end in chain(_outer_brackets(line), quotations, dates):
            is_nested[start + 1 : end + 1] = b"\1" * (end - start)
    return is_nested


def _outer_brackets(line: str) -> list[tuple[int, int]]:
    """Return where the brackets that lie in no others open and close; none if any is alone."""
    found: list[tuple[int, int]] = []
    depth = start = 0
    for bracket in _BRACKET.finditer(line):
        if bracket[0] in "([":
            start = start if depth else bracket.start()
            depth += 1
        elif depth == 0:
            return []
        else:
            depth -= 1
            if depth == 0:
                found.append((start, bracket.start()))
    return [] if depth else found
