"""An analysis that people wrote: the prose of an imported daily report in its four parts."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from bot.domain.digests import Analysis, Statement
from bot.domain.models import NoteId, NotePassage
from bot.text.headings import split_headings
from bot.text.inline import plain
from bot.text.tokens import tokenise
from bot.texts import Say

_PARTS = {
    "subjects": r"주요\s*(?:주제|토픽)|(?:main|key)\s+(?:subjects|topics)",
    "events": r"주요\s*(?:사건|내용|이슈)|(?:main|key)\s+(?:events|developments)",
    "impact": r"영향(?:\s*분석)?|impact(?:\s+analysis)?",
    "conclusion": r"(?:최종|종합)\s*(?:요약|정리)|결론|(?:final|overall)\s+summary|conclusion",
}
_PART_LINE = re.compile(
    r"[\s\d.)#*]*(?:" + "|".join(f"(?P<{name}>{words})" for name, words in _PARTS.items()) + r")"
    r"\s*[:*]*\s*",
    re.IGNORECASE,
)
_BULLET = re.compile(r"^\s*(?:[-*+•·]\s+|\d{1,2}[.)]\s+)")
_FIELD_LINE = re.compile(r"(?P<field>[^:.]{1,24}?)\s*[:：]\s+(?P<text>.+)")
_FIELDS = {
    "economy": "경제|economy|economic",
    "society": "정치|사회|politic|societ|social",
    "science": "과학|기술|scien|technolog",
    "education": "교육|educat",
}
# Korean words are pairs of syllables here: five are three words or so.
_MIN_OWN_WORDS = 5
_LETTERS = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class ReportedAnalysis:
    """What people wrote about one category. `lines` are plain, by part, in their order."""

    category: str
    emoji: str
    lines: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    notes: dict[NoteId, str] = field(default_factory=dict)  # and the files that they came in

    @property
    def origin(self) -> str:
        return ", ".join(dict.fromkeys(self.notes.values()))

    @property
    def gist(self) -> str:
        """The line that says most: of the final summary, else the first there is."""
        parts = (*reversed(_PARTS),)
        return next((self.lines[part][0] for part in parts if self.lines[part]), "")


def read_reports(passages: Sequence[NotePassage]) -> dict[str, ReportedAnalysis]:
    """Return the analyses among the notes' passages by `category_key`; other notes give none."""
    reports: dict[str, ReportedAnalysis] = {}
    for passage in passages:
        path, part = _place(passage.heading)
        emoji, category = _split_emoji(path)
        for name, line in _lines_by_part(passage.text, part):
            report = reports.setdefault(category_key(category), ReportedAnalysis(category, emoji))
            report.notes[passage.note] = passage.source or passage.title
            if line not in report.lines[name]:
                report.lines[name].append(line)
    return reports


def to_analysis(report: ReportedAnalysis, titles: Sequence[str], say: Say) -> Analysis:
    """Return the report's parts; each statement cites the sources that it names or speaks of.

    A final summary speaks of all of them: it cites only what it names.
    """
    cited = _Citing(titles, report)

    def state(line: str) -> Statement:
        return Statement(line, cited.sources_of(line))

    return Analysis(
        subjects=tuple(map(state, report.lines["subjects"])),
        events=tuple(map(state, report.lines["events"])),
        impact=tuple(
            (name, tuple(map(state, lines)))
            for name, lines in _by_field(report.lines["impact"], say).items()
        ),
        conclusion=tuple(
            Statement(line, cited.named_in(line)) for line in report.lines["conclusion"]
        ),
        origin=report.origin,
    )


class _Citing:
    """Finds the sources of a person's sentences. With one source there is no doubt which.

    With several, a sentence cites those whose titles it quotes; else those that it shares
    words with which no other source has; else none.
    """

    def __init__(self, titles: Sequence[str], report: ReportedAnalysis) -> None:
        self._titles = [_letters(title) for title in titles]
        words = [set(tokenise(title)) for title in titles]
        for line in report.lines["events"]:
            for number in self.named_in(line):
                words[number - 1] |= set(tokenise(line))
        spread = Counter(word for each in words for word in each)
        self._own_words = [{word for word in each if spread[word] == 1} for each in words]

    def sources_of(self, line: str) -> tuple[int, ...]:
        return self.named_in(line) or self._spoken_of(line)

    def named_in(self, line: str) -> tuple[int, ...]:
        if len(self._titles) == 1:
            return (1,)
        letters = _letters(line)
        return tuple(n for n, title in enumerate(self._titles, 1) if title and title in letters)

    def _spoken_of(self, line: str) -> tuple[int, ...]:
        words = set(tokenise(line))
        return tuple(
            number
            for number, own in enumerate(self._own_words, 1)
            if len(words & own) >= _MIN_OWN_WORDS
        )


def clean_line(line: str) -> str:
    """Return a line of a note as a sentence: without its bullet and its markup."""
    return " ".join(plain(_BULLET.sub("", line)).split())


def category_key(name: str) -> str:
    """Return what two spellings of a category share: emoji, marks and case do not count."""
    return _letters(name)


def _place(heading: str) -> tuple[str, str]:
    """Return the category and the part that a path of headings names; the part may be ""."""
    *path, last = split_headings(heading)
    match = _PART_LINE.fullmatch(last)
    names = [name for name in path if not re.fullmatch(r"\W*(?:요약|summary)\W*", name, re.I)]
    if match:
        return (names[-1] if names else ""), str(match.lastgroup)
    return last, ""


def _split_emoji(category: str) -> tuple[str, str]:
    category = plain(category)
    name = re.sub(r"^[\W_]+", "", category)
    return category.removesuffix(name).strip(), name


def _lines_by_part(text: str, part: str) -> Iterator[tuple[str, str]]:
    for line in text.splitlines():
        match = _PART_LINE.match(line)
        if match and _is_heading(line, match):
            part = str(match.lastgroup)
            line = line[match.end() :]
        clean = clean_line(line)
        if part and clean:
            yield part, clean


def _is_heading(line: str, match: re.Match[str]) -> bool:
    """Tell "주요 사건: …" from a sentence that starts with the words."""
    return match.end() == len(line) or ":" in match[0]


def _by_field(lines: Iterable[str], say: Say) -> dict[str, list[str]]:
    fields: dict[str, list[str]] = defaultdict(list)
    for line in lines:
        match = _FIELD_LINE.fullmatch(line)
        if match:
            fields[_field_name(match["field"], say)].append(match["text"])
        elif fields:
            fields[next(reversed(fields))].append(line)
        else:
            fields[""].append(line)
    return fields


def _field_name(written: str, say: Say) -> str:
    """Name a field in the digest's language where it is a known one, else as it is written."""
    for name, words in _FIELDS.items():
        if re.search(words, written, re.IGNORECASE):
            return say(f"digest.impact.{name}")
    return written


def _letters(text: str) -> str:
    return _LETTERS.sub("", text).casefold()
