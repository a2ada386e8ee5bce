"""Sentences of Korean and English prose, bullets and headings."""

import re
from collections.abc import Iterator
from itertools import accumulate

_END = re.compile(
    r"[.!?。!?…]{1,8}"
    r"[\"'”’」』)\]*_]{0,4}"  # closing quotes, brackets and emphasis belong to the sentence
    r"(?=\s|$|(?<=[다요죠까음함임됨니]\.)[가-힣A-Z\"“‘])"  # "했다.그리고" lacks its space
)
_ABBREVIATION = re.compile(
    r"(?:^|[\s(\[\"“])(?:mr|mrs|ms|dr|prof|st|vs|e\.g|i\.e|cf|fig|figs|eq|eqs|sec|no|vol|pp?"
    r"|al|approx|inc|ltd|co|corp|jr|sr|dept|est|ver|[a-z]|(?:[a-z]\.){1,4}[a-z])\.$",
    re.IGNORECASE,
)
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
    depths = _depths(line)
    start = 0
    for match in _END.finditer(line):
        remark = _REMARK.match(line, match.end())
        end = remark.end() if remark else match.end()
        if match.start() >= start and depths[end] == 0 and _ends_sentence(line, start, match, end):
            yield line[start:end]
            start = end
    yield line[start:]


def _ends_sentence(line: str, start: int, match: re.Match[str], end: int) -> bool:
    before = line[max(start, match.start() - _LOOKBACK_CHARS) : match.start() + 1]
    after = line[end : end + _LOOKBACK_CHARS]
    if match[0].startswith((".", "…")):
        if after.lstrip()[:1].islower() or _ABBREVIATION.search(before):
            return False
        if _ENUMERATOR.fullmatch(line, start, match.end()):
            return False
    return not _QUOTE_TAIL.match(after)


def _depths(line: str) -> list[int]:
    """Say for each position in how many brackets, Korean quotations and dates it lies.

    Brackets that do not pair up are not counted.
    """
    if _NESTS.search(line) is None:
        return [0] * (len(line) + 1)
    steps = [(char in "([") - (char in ")]") for char in line]
    depths = list(accumulate(steps, initial=0))
    if depths[-1] != 0 or min(depths) < 0:
        depths = [0] * len(depths)
    for quotation in _QUOTATION.finditer(line):
        for position in range(quotation.start() + 1, quotation.end()):
            depths[position] += 1
    for day in _DATE.finditer(line):
        for position in range(day.start() + 1, day.end() + 1):
            depths[position] += 1
    return depths
