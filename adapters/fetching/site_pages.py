"""What readers of sites share: a page made of parts, names in short, and the way round an API."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from adapters.fetching.answers import clean_text
from adapters.fetching.reader import Tools
from bot.domain.models import Kind, PagePart, PageText
from bot.errors import FetchFailed
from bot.text.languages import detect_language

FACTS = "About"  # the name of the part that holds them
_TITLE_CHARS = 300
_NAMED = 3  # authors that are named before "and others"
_MOST_CHARS = 600_000  # a thesis
_MOST_PARTS = 1_000


def make_page(
    url: str,
    title: str,
    parts: Iterable[PagePart],
    *,
    site: str,
    author: str = "",
    published_at: datetime | None = None,
    identity: str = "",
    kind: Kind | None = None,
    gaps: Sequence[str] = (),
    image: str = "",
) -> PageText:
    """Join the parts, empty ones left out, as far as they are no more than a thesis.

    Raises:
        FetchFailed: neither title nor text.
    """
    kept = bounded_parts(parts)
    text = "\n\n".join(each.text for each in kept)
    # Facts are told in the words of their site, whatever language the thing is written in.
    said = "\n".join(each.text for each in kept if each.heading != FACTS) or text
    title = _one_line(title)[:_TITLE_CHARS]
    if not title and not text:
        raise FetchFailed("empty", detail="neither title nor text")
    return PageText(
        url=url,
        title=title or text.splitlines()[0][:_TITLE_CHARS],
        text=text or title,
        language=detect_language(said or title),
        author=_one_line(author)[:_TITLE_CHARS],
        site=site,
        published_at=published_at,
        identity=identity,
        parts=kept if any(each.heading for each in kept) else (),
        kind=kind,
        gaps=tuple(dict.fromkeys(gaps)),
        image=image if image.startswith(("https://", "http://")) else "",
    )


def short_names(names: Sequence[str]) -> str:
    """Name the first authors.

    >>> short_names(["A", "B", "C", "D", "E"])
    'A, B, and 3 others'
    """
    if len(names) <= _NAMED:
        return ", ".join(names)
    return f"{names[0]}, {names[1]}, and {len(names) - 2} others"


def count_fact(number: float | None, name: str) -> str:
    return f"{name}: {number:,.0f}" if number is not None and number >= 0 else ""


def facts_part(facts: Iterable[str]) -> PagePart:
    """Join what a site says of a thing in its own words, "License: MIT", a line each."""
    return PagePart(FACTS, "\n".join(each for each in facts if each))


async def read_instead(url: str, tools: Tools, failure: FetchFailed) -> PageText:
    """Read the page itself where the site's API said no; what is not there is nowhere.

    Raises:
        FetchFailed: of both, the one that says more.
    """
    if failure.reason == "not_found":
        raise failure
    try:
        return await tools.read(url)
    except FetchFailed as refusal:
        raise telling(failure, refusal) from refusal


def telling(of_api: FetchFailed, of_page: FetchFailed) -> FetchFailed:
    """Return the failure to go by: the page's, unless only the API's may pass."""
    is_final = of_page.reason == "not_found" or of_page.may_pass
    return of_api if of_api.may_pass and not is_final else of_page


def bounded_parts(parts: Iterable[PagePart], *, limit: int = _MOST_CHARS) -> tuple[PagePart, ...]:
    """Return the parts that say something, up to `limit` characters in all."""
    kept: list[PagePart] = []
    left = limit
    for part in parts:
        text = clean_text(part.text)[:left]
        if not text:
            continue
        kept.append(PagePart(_one_line(part.heading), text))
        left -= len(text)
        if len(kept) == _MOST_PARTS:
            break
    return tuple(kept)


def _one_line(text: str) -> str:
    return " ".join(clean_text(text).split())
