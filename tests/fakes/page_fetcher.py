"""A web in memory: pages by address; an unknown address is a page that is not there."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.domain.models import PageText
from bot.errors import FetchFailed
from bot.ports import SOMEBODY, Asker


@dataclass
class FakePageFetcher:
    pages: dict[str, PageText] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    for_people_alone: set[str] = field(default_factory=set)

    def add(self, url: str, *, title: str, text: str, language: str = "en") -> str:
        self.pages[url] = PageText(url=url, title=title, text=text, language=language)
        return url

    async def fetch(self, url: str, *, asker: Asker = SOMEBODY) -> PageText:
        if not asker.is_asked and url in self.for_people_alone:
            raise FetchFailed("robots")
        self.asked.append(url)
        if url not in self.pages:
            raise FetchFailed("not_found")
        return self.pages[url]
