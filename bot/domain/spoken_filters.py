"""Filters that people say in words: "지난주에 공유한 논문", "links that Mina shared last month".

Only what speaks of sharing is a filter: "last month's revenue" asks for revenue. Even so it is a
guess, so what is found without it is kept beside (`Query.wider`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from itertools import islice

from bot.domain.digests import Period
from bot.domain.filters import (
    KIND_NAMES,
    Filters,
    Nobody,
    Query,
    find_sharers,
    nobody_called,
    read_written,
)
from bot.domain.models import Kind, Sharer
from bot.domain.periods import parse_period
from bot.errors import UsageError
from bot.text.queries import names_nothing

# Stands where words about sharing were taken out.
_CUT = "\ue000"
_MOST_NAMES = 8  # words looked up as a name, for each way to say it
_MOST = 500  # characters: a longer text is no question, and hostile ones take a while

_MONTHS = (
    "january february march april may june july august september october november december".split()  # noqa: SIM905 - reads better than quoted
)
_RELATIVE_EN = r"(?:this|last|past|previous)\s+(?:week|month)|yesterday"
_PERIOD_EN = (
    rf"(?:(?P<relative>today|{_RELATIVE_EN}|(?:this|last|past|previous)\s+year)"
    r"|(?:last|past)\s+(?P<days>\d{1,3})\s+days"
    r"|(?P<written>\d{4}-\d{1,2}(?:-\d{1,2})?|\d{4}-W\d{1,2}|(?:19|20)\d\d)"
    rf"|(?P<month>{'|'.join(_MONTHS)})(?:,?\s+(?P<year>(?:19|20)\d\d))?)(?![\w-])"
)
_RELATIVE_KO = r"어제|(?:이번|지난|저번)\s?[주달]|금주|지난\s?한?\s?주"
_PERIOD_KO = (
    rf"(?<!\S)(?:(?P<relative>오늘|{_RELATIVE_KO}|올해|금년|작년|지난\s?해)"
    r"|최근\s?(?:(?P<days>\d{1,3})일|(?P<seven>일주일))"
    r"|(?P<written>\d{4}-\d{1,2}(?:-\d{1,2})?|\d{4}-W\d{1,2})"
    r"|(?:(?P<year>(?:19|20)\d\d)년\s?)?(?P<month>1[0-2]|[1-9])월"
    r"|(?P<whole_year>(?:19|20)\d\d)년도?)"
)
_SHARED_EN = r"(?:shared|saved|posted|bookmarked|added|read)"
_SHARE_EN = r"(?:share|save|post|bookmark|add|read)"
_DOES_KO = r"(?:공유|저장|업로드|게시|스크랩|북마크)"
_SHARED_KO = (
    rf"(?:{_DOES_KO}\s?(?:한|된|했던|됐던|되었던|하신|(?:해|하여)\s?[준둔]|(?:했|됐|되었|하셨)[가-힣]*)"
    r"|읽은|읽었[가-힣]*|올라온|올라왔[가-힣]*|올린|올리신|올려\s?준|올렸[가-힣]*)(?![가-힣])"
)
# What is shared, which no page needs to say; some say the kind.
_THING_EN = r"(?:links?|articles?|posts?|pages?|papers?|news|things?|stuff)\b"
_THING_KO = (
    r"(?:링크|글|기사|자료|페이지|것|거|논문|뉴스|소식)들?"
    r"(?:을|를|은|는|이|가|도|만|\s?중에서?|에서)?(?![가-힣])"
)
# On what subject may stand between: "공유한 RAG 논문", "papers about RAG that Mina shared".
_PAPERS = re.compile(
    rf"(?<={_CUT})(?P<between>\s+(?:\S+\s+){{1,3}}?)논문들?(?:을|를|은|는|이|가|도|만|\s?중에서?)?(?![가-힣])"
    rf"|\bpapers(?=\s+(?:[^\s{_CUT}]+\s+){{1,4}}{_CUT})",
    re.IGNORECASE,
)
# Who shares by what they do, as against what is shared: "글이 올라온" names nobody.
_SHARING_KO = (
    rf"(?:{_DOES_KO}\s?(?:한|했던|하신|(?:해|하여)\s?[준둔]|(?:했|하셨)[가-힣]*)"
    r"|올린|올리신|올려\s?준|올렸[가-힣]*)(?![가-힣])"
)
_NO_NAME = re.compile(
    r"we|i|you|they|he|she|it|who|anyone|anybody|everyone|everybody|someone|somebody|people|others?"
    r"|members?|colleagues?|that|this|all|우리|저희|누|누군|내|네|제|그|그녀|너희|모두|누구나|사람들?|팀|팀원들?"
    r"|멤버들?|동료들?|회사",
    re.IGNORECASE,
)
_NAMED = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"(?<!\S)(?P<name>[^\s{_CUT}\ue001\ue002,.?!]{{1,40}}?)(?:\s?[님씨](?:이|께서)?|이|가)"
        rf"\s+(?:{_CUT}\s*)?{_SHARING_KO}",
        rf"\bdid\s+(?P<name>[^\W\d_][\w.-]{{0,40}})\s+{_SHARE_EN}\b",
        rf"\b(?:(?:that|which)\s+|(?<=links )|(?<=papers ))(?P<name>(?-i:[A-Z])[\w.-]{{0,40}})"
        rf"\s+(?:has\s+|have\s+)?{_SHARED_EN}\b",
        rf"\b{_SHARED_EN}\s+by\s+(?P<name>(?-i:[A-Z])[\w.-]{{0,40}}\w)",
    )
)
_THAT_WAS = r"(?:(?:that|which)\s+)?(?:(?:was|were|has been|have been)\s+)?"
_SINCE = frozenset({"since", "부터", "이후"})
_BEFORE = frozenset({"before", "이전", "전"})

_WHEN_EN = (
    rf"(?<!\w){_THAT_WAS}(?:{_SHARED_EN}|{_SHARE_EN}|{_CUT})\s+"
    rf"(?:(?P<limit>since|before|in|on|during|from|within)\s+)?(?:the\s+)?{_PERIOD_EN}",
    rf"(?=\b{_THING_EN}\s+(?:from|of|in)\s)(?P<keep>\w+)\s+(?:from|of|in)\s+(?:the\s+)?"
    rf"{_PERIOD_EN}(?!['’])",
    rf"\b{_PERIOD_EN}['’]s\s+(?=(?:shared\s+)?{_THING_EN})",
)
_NAMES_SHARER = re.compile(
    rf"(?:by|공유자):|{_SHARED_KO}|\b{_SHARED_EN}\b|\b{_SHARE_EN}\b|['’]s\s+{_THING_EN}",
    re.IGNORECASE,
)
_LEFT_OF_SHARING = re.compile(
    rf"{_CUT}\s*{_SHARED_KO}|\b{_SHARED_EN}\s*{_CUT}|{_CUT}\s*{_SHARED_EN}\b", re.IGNORECASE
)
# In the end or at the start of a question, and what it is compared with is no time of sharing.
_BARE_EN = (
    r"(?<!\bto)(?<!\bthan)(?<!\bwith)(?<!\bsince)(?<!\buntil)(?<!\bbefore)(?<!\bafter)(?<!\bby)"
    r"(?<!\bfor)(?<!\bof)(?<!\bas)(?<!\bthe)(?<!\band)(?<!\bor)\s+(?:(?:in|during|from)\s+)?"
    rf"(?P<relative>{_RELATIVE_EN})(?=\s*[?.!]*\s*$)",
    rf"^\s*(?:in\s+)?(?P<relative>{_RELATIVE_EN})\s*,",
)
_WHEN_KO = (
    rf"{_PERIOD_KO}(?:(?P<limit>부터|이후|이전|전)에?|에는?|\s?동안)?\s+(?=(?:\S+\s+){{0,3}}?{_SHARED_KO})",
    rf"{_PERIOD_KO}의?\s+(?={_THING_KO})",
    rf"(?<!\S)(?P<relative>{_RELATIVE_KO})에는?(?=\s)",
)


def read_query(text: str, *, today: date, sharers: Sequence[Sharer]) -> Query:
    """Take all filters out of a query, written and spoken; the other words keep their order.

    Raises:
        UsageError: a written value that means nothing, or nothing but a name that nobody has;
            says what is known.

    """
    written = read_written(text, today=today, sharers=sharers)
    if len(text) > _MOST:
        return written
    words, spoken, nobody = _hear(written.words.replace(_CUT, " "), today=today, sharers=sharers)
    if not (spoken or nobody):
        return written
    filters = spoken.under(written.filters)
    if nobody and not filters and names_nothing(words):
        raise nobody.refusal()
    return Query(words, filters, wider=written, nobody=nobody)


def may_name_sharer(text: str) -> bool:
    """Whether it is worth knowing who shares: most questions name nobody."""
    return _NAMES_SHARER.search(text) is not None


def _hear(
    text: str, *, today: date, sharers: Sequence[Sharer]
) -> tuple[str, Filters, Nobody | None]:
    quoted: list[str] = []

    def put_aside(match: re.Match[str]) -> str:
        quoted.append(match[0])
        return f"\ue001{len(quoted) - 1}\ue002"

    rest = re.sub(r'"[^"]*"|“[^”]*”', put_aside, re.sub("[\ue001\ue002]", " ", text))
    filters = Filters()
    rest, filters = _hear_period(rest, filters, today, _WHEN_KO)
    rest, filters = _hear_sharer(rest, filters, sharers)
    rest, nobody = (rest, None) if filters.sharers else _hear_nobody(rest, sharers)
    rest, filters = _hear_period(rest, filters, today, (*_WHEN_EN, *_BARE_EN))
    if not (filters or nobody):
        return text, filters, None
    rest = _LEFT_OF_SHARING.sub(_CUT, rest)
    rest, filters = _hear_thing(rest, filters)
    rest = re.sub("\ue001(\\d+)\ue002", lambda match: quoted[int(match[1])], rest)
    return " ".join(rest.replace(_CUT, " ").split()), filters, nobody


def _hear_period(
    text: str, filters: Filters, today: date, patterns: Sequence[str]
) -> tuple[str, Filters]:
    if filters.first or filters.end:
        return text, filters
    for pattern in patterns:
        match = re.search(pattern, text, re.IGNORECASE)
        period = match and _period(match, today)
        if match and period:
            parts = match.groupdict()
            kept = parts.get("keep") or ""
            limit = (parts.get("limit") or "").lower()
            first = None if limit in _BEFORE else period.first
            end = period.first if limit in _BEFORE else None if limit in _SINCE else period.end
            text = f"{text[: match.start()]} {kept} {_CUT} {text[match.end() :]}"
            return text, replace(filters, first=first, end=end)
    return text, filters


def _period(match: re.Match[str], today: date) -> Period | None:
    parts = {name: value for name, value in match.groupdict().items() if value}
    if "month" in parts:
        name = parts["month"].lower()
        month = int(name) if name.isdigit() else _MONTHS.index(name) + 1
        # The last one that there was: in January, November is last year's.
        year = int(parts.get("year") or today.year - (month > today.month))
        name = f"{year}-{month:02}"
    elif "days" in parts or "seven" in parts:
        name = f"{parts.get('days', 7)}d"
    else:
        name = next(parts[each] for each in ("written", "whole_year", "relative") if each in parts)
        name = re.sub("(?i)^(?:past|previous)", "last", name)
        name = re.sub(r"지난\s?한?\s?주", "지난주", name)
    try:
        return parse_period(name, today=today)
    except UsageError:
        return None


def _hear_sharer(text: str, filters: Filters, sharers: Sequence[Sharer]) -> tuple[str, Filters]:
    if not sharers or len(sharers) > 5_000:
        return text, filters
    for pattern in _patterns_of_names(sharers):
        for match in islice(pattern.finditer(text), _MOST_NAMES):
            parts = match.groupdict()
            spelled = (parts["name"], parts["name"] + (parts.get("particle") or ""))
            found = next(filter(None, (find_sharers(each, sharers) for each in spelled)), ())
            if found:
                text = f"{text[: match.start()]} {_CUT} {text[match.end() :]}"
                return text, replace(filters, sharers=found)
    return text, filters


def _hear_nobody(text: str, sharers: Sequence[Sharer]) -> tuple[str, Nobody | None]:
    """Take out who is said to have shared, of whom nobody heard."""
    if not sharers:
        return text, None
    for pattern in _NAMED:
        for match in islice(pattern.finditer(text), _MOST_NAMES):
            if not _NO_NAME.fullmatch(match["name"]):
                rest = f"{text[: match.start()]} {_CUT} {text[match.end() :]}"
                return rest, nobody_called(match["name"], sharers)
    return text, None


def _patterns_of_names(sharers: Sequence[Sharer]) -> Sequence[re.Pattern[str]]:
    """Return how somebody is said to have shared: by a whole name, or by one word."""
    names = {each.name for each in sharers if each.name.strip()}
    whole = "|".join(map(re.escape, sorted(names, key=len, reverse=True))) or "(?!)"
    name = rf"@?(?P<name><@!?[^<>\s]+>|{whole}|[^\s{_CUT},.?!'’]+)"
    lazy = rf"(?<!\S)@?(?P<name><@!?[^<>\s]+>|{whole}|[^\s{_CUT},.?!]+?)"
    return [
        re.compile(pattern, re.IGNORECASE)
        for pattern in (
            rf"{lazy}\s?(?:님|씨)?(?P<particle>이|가)?(?:께서)?\s+(?:{_CUT}\s*)?{_SHARED_KO}",
            rf"{_CUT}\s*{lazy}\s?(?:님|씨)?(?P<particle>이|가)?(?:께서)?\s+{_SHARED_KO}",
            rf"\b{_THAT_WAS}{_SHARED_EN}\s+by\s+{name}(?!\w)",
            rf"(?<![\w])(?:(?:that|which)\s+)?{name}\s+(?:has\s+|have\s+)?{_SHARED_EN}\b",
            rf"\bdid\s+{name}\s+{_SHARE_EN}\b",
            rf"(?<![\w]){name}['’]s\s+(?={_THING_EN})",
        )
    ]


def _hear_thing(text: str, filters: Filters) -> tuple[str, Filters]:
    """Take out what was shared, beside the words about sharing: "papers", "글"."""
    thing = re.compile(
        rf"\b(?P<before>{_THING_EN})\s*(?P<cut>{_CUT})|(?<={_CUT})\s*(?P<after>{_THING_EN}|{_THING_KO})",
        re.IGNORECASE,
    )
    match = thing.search(re.sub(rf"{_CUT}[\s{_CUT}]*", _CUT, text))
    if match is None:
        rest, found = _PAPERS.subn(lambda match: match["between"] or "", text, count=1)
        return rest, replace(filters, kind=filters.kind or Kind.PAPER) if found else filters
    said = (match["before"] or match["after"]).casefold()
    kind = next((kind for name, kind in KIND_NAMES.items() if said.startswith(name)), None)
    text = f"{match.string[: match.start()]} {_CUT} {match.string[match.end() :]}"
    return text, replace(filters, kind=filters.kind or kind)
