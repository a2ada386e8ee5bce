"""Gathers what an export holds; what cannot be saved is counted by its reason, not line by line."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from bot.domain.archives import Archive, ArchiveFeed, ArchiveLink, ArchiveNote, Form, Refusal
from bot.domain.models import PageText, WorkspaceId
from bot.domain.understanding import shorten
from bot.domain.urls import InvalidUrl, canonicalise
from bot.text.languages import detect_language

MAX_LINKS = 200_000
MAX_TITLE, MAX_NOTE, MAX_TAGS, MAX_TAG = 500, 20_000, 20, 60
MIN_PAGE_CHARS = 200  # less is what a reader shows where it could not get the page
# Of all articles together: the bot holds them at once, and a zip of 400 kB may hold 200 MB.
MAX_PAGES_CHARS = 32_000_000
_EXCERPT = 120

_SCHEME = re.compile(r"([a-z][a-z0-9+.-]{0,30}):(?!\d)", re.IGNORECASE)
_WEB = re.compile(r"https?://", re.IGNORECASE)
_BARE = re.compile(r"(?:[a-z0-9-]{1,63}\.){1,5}[a-z]{2,24}(?::\d{1,5})?(?:[/?#].*)?", re.I)


class Collector:
    def __init__(
        self, form: Form, title: str = "", *, limit: int = MAX_LINKS, room: int = MAX_PAGES_CHARS
    ) -> None:
        self._form = form
        self._limit = limit
        self.title = one_line(title)
        self.origin: WorkspaceId | None = None
        self._links: list[ArchiveLink] = []
        self._notes: list[ArchiveNote] = []
        self._feeds: list[ArchiveFeed] = []
        self._refusals: dict[tuple[str, str], Refusal] = {}
        self._room = room

    def add(self, url: object, title: object = "", *, line: int = 0, **details: Any) -> None:
        """Take in a link; `details` are those of `ArchiveLink`."""
        address = url.strip() if isinstance(url, str) else ""
        name = one_line(title if isinstance(title, str) else "")
        if not address:
            self.refuse("no_link", name, line=line)
            return
        if not _WEB.match(address) and _BARE.fullmatch(address):
            address = f"https://{address}"
        if reason := _unfit(address):
            kind = _SCHEME.match(address)
            group = kind[0].lower() if kind and reason == "not_web" else ""
            self.refuse(reason, group or address, line=line, group=group)
        elif len(self._links) >= self._limit:
            self.refuse("too_many_links", line=line)
        else:
            if name == address:  # what programs write where there is no title
                name = ""
            link = ArchiveLink(name, address, line, **details)
            self._links.append(
                replace(
                    link,
                    tags=_tidy(link.tags),
                    note=link.note.strip()[:MAX_NOTE],
                    page=self._bounded(link.page, line=line),
                )
            )

    def add_note(self, note: ArchiveNote) -> None:
        self._notes.append(note)

    def follow(self, url: str, title: str = "") -> None:
        """Take in a feed."""
        if _unfit(url):
            self.refuse("bad_address", url)
        else:
            self._feeds.append(ArchiveFeed(url, one_line(title)))

    def refuse(self, reason: str, excerpt: str = "", *, line: int = 0, group: str = "") -> None:
        """Count what cannot be taken in: the same reason and group once, with the first of them."""
        known = self._refusals.get((reason, group))
        self._refusals[reason, group] = (
            replace(known, count=known.count + 1)
            if known
            else Refusal(line, reason, one_line(excerpt)[:_EXCERPT])
        )

    def _bounded(self, page: PageText | None, *, line: int) -> PageText | None:
        """Return as much of an article as is kept of any; None, and say so, where all is too much.

        A link without one is read like any other.
        """
        if page is None:
            return None
        page = shorten(page)
        if len(page.text) > self._room:
            self.refuse("articles_left_out", page.title, line=line)
            return None
        self._room -= len(page.text)
        return page

    def archive(self) -> Archive:
        return Archive(
            self._form,
            self.title,
            tuple(self._links),
            tuple(self._notes),
            feeds=tuple(dict.fromkeys(self._feeds)),
            refusals=tuple(self._refusals.values()),
            origin=self.origin,
        )


def one_line(text: str) -> str:
    return " ".join(text[: 4 * MAX_TITLE].split())[:MAX_TITLE]


def page_of(url: str, title: str, text: str, **details: Any) -> PageText | None:
    """Return an article that came along; None where it is too short to be one."""
    if len(text) < MIN_PAGE_CHARS:
        return None
    return PageText(url, one_line(title), text, detect_language(text), **details)


def _unfit(address: str) -> str:
    """Return why an address cannot be saved; "" if it can."""
    if not _WEB.match(address) and _SCHEME.match(address):
        return "not_web"
    try:
        canonicalise(address)
    except InvalidUrl:
        return "bad_address"
    return ""


def _tidy(tags: tuple[str, ...]) -> tuple[str, ...]:
    words = (one_line(tag).strip("#")[:MAX_TAG] for tag in tags[:MAX_TAGS])
    return tuple(dict.fromkeys(filter(None, words)))
