"""`Tools` of readers without a network: answers by address, and what was asked is kept."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import TypeVar, get_type_hints

from pydantic import TypeAdapter

from adapters.fetching.wanted import PAGES, Wanted
from adapters.parsing import Download
from bot.domain.models import PageText
from bot.errors import FetchFailed

Result = TypeVar("Result")

# What servers say when they want no more of it.
SLOW_DOWN = FetchFailed("too_many_requests", may_pass=True, retry_after_s=60, detail="status 429")
FORBIDDEN = FetchFailed("forbidden", detail="status 403")


@dataclass
class SiteTools:
    """What is not there is `not_found`. `pages` holds what `read` returns by address."""

    answers: dict[str, Download | FetchFailed] = field(default_factory=dict)
    pages: dict[str, PageText | FetchFailed] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    headers: dict[str, Mapping[str, str]] = field(default_factory=dict)
    was_read: list[str] = field(default_factory=list)

    def add(
        self, url: str, body: object, *, content_type: str = "", ends_at: str = ""
    ) -> SiteTools:
        """Answer with JSON for values, else with what a text is."""
        if isinstance(body, FetchFailed):
            self.answers[url] = body
            return self
        if not content_type:
            is_page = isinstance(body, str) and body.lstrip().startswith("<")
            content_type = "text/plain" if isinstance(body, str) else "application/json"
            content_type = "text/html" if is_page else content_type
        data = body if isinstance(body, bytes | str) else json.dumps(body)
        data = data.encode() if isinstance(data, str) else data
        self.answers[url] = Download(ends_at or url, content_type, "utf-8", data)
        return self

    def add_page(self, page: PageText) -> SiteTools:
        self.pages[page.url] = page
        return self

    async def download(
        self, url: str, *, wanted: Wanted = PAGES, headers: Mapping[str, str] | None = None
    ) -> Download:
        self.asked.append(url)
        self.headers[url] = dict(headers or {})
        answer = self.answers.get(url, FetchFailed("not_found", detail="status 404"))
        if isinstance(answer, FetchFailed):
            raise answer
        if not wanted.types.fullmatch(answer.content_type):
            raise FetchFailed("unsupported_type", detail=answer.content_type)
        return answer

    async def parse(self, function: Callable[[Download], Result], download: Download) -> Result:
        # What comes back from another process is made anew of what the annotation allows.
        returns = SimpleNamespace(__annotations__={"return": function.__annotations__["return"]})
        known = vars(sys.modules[function.__module__])
        adapter: TypeAdapter[Result] = TypeAdapter(
            get_type_hints(returns, globalns=known)["return"]
        )
        return adapter.validate_json(adapter.dump_json(function(download)), strict=True)

    async def read(self, url: str) -> PageText:
        self.was_read.append(url)
        page = self.pages.get(url, FetchFailed("not_found", detail="status 404"))
        if isinstance(page, FetchFailed):
            raise page
        return replace(page)


def a_page(url: str, text: str = "What the page itself says.", **facts: object) -> PageText:
    page = PageText(url=url, title="A page", text=text, language="en")
    return replace(page, **facts)  # type: ignore[arg-type]  # fields by name
