"""Whether a digest of the shared archives tells one event twice among its highlights."""

from __future__ import annotations

import asyncio
import re
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack
from itertools import combinations
from pathlib import Path
from zoneinfo import ZoneInfo

from benchmarks.stories.corpora import Corpus, Pair
from bot.bootstrap import App, open_app
from bot.config import Settings
from bot.domain.digests import Digest, DigestItem, Style
from bot.domain.models import LOCAL, LinkFilter
from bot.domain.periods import parse_period
from bot.domain.urls import canonicalise
from bot.domain.visibility import OPERATOR

_ZONE = ZoneInfo("UTC")
_WORD = re.compile(r"\w+")
# Of the letter triples of two titles, which the grouping does not look at.
_SAME_LETTERS = 0.6


def find_repeats(shared: Path, corpora: Sequence[Corpus]) -> tuple[int, list[str]]:
    """Return how many digests were looked at, and a line for each pair of repeated highlights.

    A line says whether the letters of the titles are alike, or only our labels know.
    """
    labelled = frozenset().union(*(corpus.same for corpus in corpora))
    return asyncio.run(_find(shared, labelled))


async def _find(shared: Path, labelled: frozenset[Pair]) -> tuple[int, list[str]]:
    lists = shared / "bench" / "data" / "imports" / "markdown_lists"
    looked_at, repeats = 0, []
    for path in (*sorted((shared / "seeds").glob("*.txt")), *sorted(lists.glob("*.md"))):
        async with AsyncExitStack() as stack:
            folder = stack.enter_context(tempfile.TemporaryDirectory())
            settings = Settings.load({"JUBO_HOME": folder, "JUBO_DATABASE_URL": None})
            app = await stack.enter_async_context(open_app(settings))
            await app.storage.workspaces.ensure(LOCAL, name=path.stem)
            await app.importing.import_document(LOCAL, app.open_document(path))
            for digest in await _compile_all(app):
                looked_at += 1
                repeats += [f"{path.name} {line}" for line in _repeats_of(digest, labelled)]
    return looked_at, repeats


async def _compile_all(app: App) -> list[Digest]:
    """Return the digests of every month and week with links, in both styles."""
    links = await app.storage.links.list_links(LOCAL, LinkFilter(), audience=OPERATOR)
    days = {link.saved_at.astimezone(_ZONE).date() for link in links}
    names = {f"{day:%Y-%m}" for day in days} | {f"{day:%G-W%V}" for day in days}
    return [
        await app.digesting.compile(
            LOCAL,
            parse_period(name, today=max(days)),
            style=style,
            language="en",
            zone=_ZONE,
            audience=OPERATOR,
        )
        for name in sorted(names)
        for style in Style
    ]


def _repeats_of(digest: Digest, labelled: frozenset[Pair]) -> Iterator[str]:
    items = [item for section in digest.sections for item in section.items]
    for left, right in combinations(items, 2):
        is_alike = _letters_shared(left, right) >= _SAME_LETTERS
        if is_alike or _key(left, right) in labelled:
            sign = "by letters" if is_alike else "by label"
            yield f"{digest.period.name} {digest.style} {sign}: {left.title} | {right.title}"


def _key(left: DigestItem, right: DigestItem) -> Pair:
    return frozenset(canonicalise(item.url) for item in (left, right))


def _letters_shared(left: DigestItem, right: DigestItem) -> float:
    a, b = _triples(left.title), _triples(right.title)
    return len(a & b) / max(1, len(a | b))


def _triples(title: str) -> set[str]:
    letters = " ".join(_WORD.findall(title.casefold()))
    return {letters[start : start + 3] for start in range(max(1, len(letters) - 2))}
