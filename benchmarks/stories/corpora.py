"""The labelled corpora: links as a digest gets them, and which of them are one story.

An entry is known by its canonical address, or by a hash of its title and text.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from itertools import combinations
from pathlib import Path
from typing import Any

from adapters.importers import ArchiveReaders
from bot.domain.archives import ArchiveLink
from bot.domain.models import (
    ChannelId,
    Engine,
    Kind,
    LinkId,
    LinkRecord,
    MemberId,
    MessageId,
    PageState,
    Place,
    Point,
    Save,
    SaveId,
    Summary,
)
from bot.domain.urls import InvalidUrl, canonicalise

LABELS = Path(__file__).with_name("labels.toml")
_SOME_DAY = date(2025, 3, 3)
_MONTH_OF_TREND_POST = date(2023, 11, 15)  # what its entries are about, not when it was written

Pair = frozenset[str]


@dataclass(frozen=True, slots=True)
class Corpus:
    """`periods`: the links of each digest. `same`: pairs of one story; `unsure` count nowhere."""

    name: str
    periods: tuple[tuple[LinkRecord, ...], ...]
    same: frozenset[Pair]
    unsure: frozenset[Pair] = frozenset()

    def half(self, number: int) -> Corpus:
        """Return the documents of one half (0 or 1); what belongs together stays together."""
        leaders: dict[str, str] = {}
        for pair in sorted(map(sorted, self.same | self.unsure)):
            first, second = (_leader(leaders, name) for name in pair)
            leaders[max(first, second)] = min(first, second)
        groups: dict[str, list[str]] = defaultdict(list)
        for link in (link for period in self.periods for link in period):
            groups[_leader(leaders, link.id)].append(link.id)
        # Dealt by hash, the largest first: else a few large stories are all in one half.
        dealt = sorted(groups, key=lambda name: (-len(groups[name]), _hash(name)))
        here = {name for leader in dealt[number::2] for name in groups[leader]}
        periods = tuple(
            tuple(link for link in period if link.id in here) for period in self.periods
        )
        return Corpus(
            self.name,
            periods,
            frozenset(pair for pair in self.same if pair <= here),
            frozenset(pair for pair in self.unsure if pair <= here),
        )


def load_corpora(shared: Path) -> list[Corpus]:
    labels = tomllib.loads(LABELS.read_text(encoding="utf-8"))
    data = shared / "bench" / "data"
    return [
        _labelled("news", _by_month(_news(shared)), labels),
        _labelled("articles", [_articles(data)], labels),
        _made("papers and what others say of them", _papers(data)),
        _made("Korean news and its headlines", _korean_news(data)),
        _made("English titles and Korean headings", _trend_post(shared)),
        Corpus("posts of series", (tuple(_posts(data)),), frozenset()),
    ]


def _labelled(name: str, periods: Iterable[Sequence[LinkRecord]], labels: Any) -> Corpus:
    kept = tuple(map(tuple, periods))
    groups = [{link.id for link in period} for period in kept]
    pairs = {
        kind: frozenset(
            frozenset(pair)
            for story in labels[name][kind]
            for pair in combinations(sorted(set(story)), 2)
            if any(group.issuperset(pair) for group in groups)
        )
        for kind in ("same", "unsure")
    }
    _refuse_strangers(name, labels[name], set().union(*groups))
    return Corpus(name, kept, pairs["same"], pairs["unsure"] - pairs["same"])


def _refuse_strangers(name: str, labels: Any, known: set[LinkId]) -> None:
    labelled = {entry for kind in ("same", "unsure") for story in labels[kind] for entry in story}
    if strangers := sorted(labelled - known):
        raise SystemExit(f"{name}: labels name what the data do not have: {', '.join(strangers)}")


def _made(name: str, pairs: Iterable[tuple[LinkRecord, LinkRecord]]) -> Corpus:
    """Return two texts on one thing by two hands for each pair; all other pairs are different."""
    listed = list(pairs)
    return Corpus(
        name,
        (tuple(link for pair in listed for link in pair),),
        frozenset(frozenset(link.id for link in pair) for pair in listed),
    )


def _news(shared: Path) -> Iterator[LinkRecord]:
    lists = shared / "bench" / "data" / "imports" / "markdown_lists"
    for entry in _entries(lists / "AGI-frontierAI.md"):
        yield from _link_of(entry)
    for path in sorted((shared / "seeds").glob("*.txt")):
        is_trend_post = path.name.startswith("000")
        for entry in _entries(path):
            yield from _link_of(entry, day=_MONTH_OF_TREND_POST if is_trend_post else None)
    for row in _rows(shared / "bench" / "data" / "linktype" / "links.jsonl.gz"):
        entry = ArchiveLink(
            row["title"], row["url"], 0, day=date.fromisoformat(f"{row['date']}-15")
        )
        yield from _link_of(entry)


def _entries(path: Path) -> Sequence[ArchiveLink]:
    return ArchiveReaders().read(path.name, path.read_bytes()).links


def _link_of(entry: ArchiveLink, *, day: date | None = None) -> Iterator[LinkRecord]:
    day = day or entry.day
    if day is None:
        return
    try:
        address = canonicalise(entry.url)
    except InvalidUrl:
        return
    yield make_link(address, entry.title, day=day, points=entry.points)


def _by_month(links: Iterable[LinkRecord]) -> list[list[LinkRecord]]:
    months: dict[str, dict[str, LinkRecord]] = defaultdict(dict)
    for link in links:
        months[f"{link.saved_at:%Y-%m}"].setdefault(link.id, link)
    return [list(months[month].values()) for month in sorted(months)]


def _articles(data: Path) -> list[LinkRecord]:
    links = {}
    for row in _rows(data / "topic" / "bbc.jsonl.gz"):
        name = _hash(f"{row['title']}\n{row['text']}")[:12]
        links[name] = make_link(name, row["title"], text=row["text"])
    return list(links.values())


def _papers(data: Path) -> Iterator[tuple[LinkRecord, LinkRecord]]:
    for row in _rows(data / "summ" / "en_scitldr.jsonl.gz"):
        paper = make_link(row["id"], row["title"], text=" ".join(row["sentences"]))
        yield paper, make_link(f"{row['id']}-told", row["refs"][0])


def _posts(data: Path) -> Iterator[LinkRecord]:
    """Yield posts of a few blogs, many of them chapters of one course: all are different."""
    for row in _rows(data / "summ" / "ko_techblog.jsonl.gz"):
        address = f"https://{row['id'].rpartition('-')[0]}.example/{row['id']}"
        yield make_link(address, row["title"], text="\n".join(row["sentences"]))


def _korean_news(data: Path) -> Iterator[tuple[LinkRecord, LinkRecord]]:
    for row in _rows(data / "summ" / "ko_xsum.jsonl.gz"):
        first, *rest = row["sentences"]
        report = make_link(row["id"], first, text=" ".join(rest))
        yield report, make_link(f"{row['id']}-told", row["refs"][0])


def _trend_post(shared: Path) -> Iterator[tuple[LinkRecord, LinkRecord]]:
    """Yield what a Korean post says of each of its sources beside the source's English title."""
    (path,) = (shared / "seeds").glob("000*.txt")
    for entry in _entries(path):
        if entry.points:
            heading, *rest = (point.text for point in entry.points)
            told = make_link(f"told of {entry.url}", heading, text=" ".join(rest))
            yield make_link(entry.url, entry.title), told


def make_link(
    name: str,
    title: str,
    *,
    text: str = "",
    day: date = _SOME_DAY,
    points: Sequence[Point] = (),
) -> LinkRecord:
    url = (
        name if name.startswith("http") else f"https://{_hash(name)[:12]}.example/"
    )  # told elsewhere
    saved_at = datetime.combine(day, time(12), UTC)
    place, member = Place(ChannelId("general")), MemberId("import:list")
    save = Save(
        SaveId(name), member, "list", place, message=MessageId("1"), emoji="🔖", saved_at=saved_at
    )
    return LinkRecord(
        id=LinkId(name),
        url=url,
        url_as_saved=url,
        title=title,
        kind=Kind.NEWS,
        topics=(),
        state=PageState.READ,
        reason="",
        language="",
        saves=(save,),
        summary=Summary(tuple(points), Engine.IMPORTED) if points else None,
        text=text,
    )


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _leader(leaders: dict[str, str], name: str) -> str:
    while name in leaders and leaders[name] != name:
        name = leaders[name]
    return name
