"""Threads: the thing discussed, then the discussion, bounded and with everybody's name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from adapters.fetching.reader import Tools
from adapters.fetching.site_pages import bounded_parts, make_page
from bot.domain.models import PagePart, PageText
from bot.errors import FetchFailed

_DEPTH = 4
MAX_COMMENTS = 120
_COMMENT_CHARS = 3_000
_CHARS = 80_000
_DISCUSSED_CHARS = 400_000  # leaves room for the discussion


@dataclass(frozen=True, slots=True)
class Comment:
    """`depth` is 0 for an answer to the thing itself."""

    author: str
    text: str
    depth: int = 0


@dataclass(frozen=True, slots=True)
class Thread:
    """`about`: the address of what is discussed, "" if the thread itself says it all.

    `text`: what who began it wrote; `comments` in reading order.
    """

    title: str
    site: str
    identity: str
    author: str = ""
    started_at: datetime | None = None
    about: str = ""
    text: str = ""
    comments: tuple[Comment, ...] = ()
    gaps: tuple[str, ...] = ()
    image: str = ""


def discussion_parts(
    comments: Iterable[Comment], *, name: str = "Discussion"
) -> tuple[PagePart, ...]:
    """Return a part for each comment on the thing itself, with the answers to it below."""
    groups: list[tuple[str, list[str]]] = []
    left = _CHARS
    for comment in bounded_comments(comments):
        text = comment.text[: min(_COMMENT_CHARS, left)]
        left -= len(text)
        if not text:
            break
        if comment.depth == 0 or not groups:
            heading = f"{name}: {comment.author}" if comment.author else name
            groups.append((heading, [text]))
        else:
            groups[-1][1].append(f"{comment.author}: {text}" if comment.author else text)
    return tuple(PagePart(heading, "\n\n".join(texts)) for heading, texts in groups)


def bounded_comments(comments: Iterable[Comment]) -> Sequence[Comment]:
    """Return the first ones that are not too deep and say something."""
    kept: list[Comment] = []
    for each in comments:
        if each.text.strip() and each.depth < _DEPTH:
            kept.append(each)
        if len(kept) == MAX_COMMENTS:
            break
    return kept


async def read_thread(thread: Thread, url: str, tools: Tools) -> PageText:
    """Put what is discussed before its discussion; if it cannot be read, that is a gap."""
    gaps = list(thread.gaps)
    parts = [PagePart("", thread.text)]
    discussed: PageText | None = None
    if thread.about:
        try:
            discussed = await tools.read(thread.about)
        except FetchFailed:
            gaps.append("discussed")
    if discussed is not None:
        said = discussed.parts or (PagePart("", discussed.text),)
        parts += bounded_parts(said, limit=_DISCUSSED_CHARS)
    parts += discussion_parts(thread.comments)
    return make_page(
        url,
        thread.title,
        parts,
        site=thread.site,
        author=thread.author,
        published_at=thread.started_at,
        identity=thread.identity,
        gaps=gaps,
        image=thread.image or (discussed.image if discussed else ""),
    )
