"""GitHub: repositories and their folders. What is inside them: github_threads and github_files."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import quote

from adapters.fetching.addresses import join_address, split_address
from adapters.fetching.answers import JSON, Answer, read_json
from adapters.fetching.reader import Tools
from adapters.fetching.sections import drop_front_matter, markdown_parts
from adapters.fetching.site_pages import count_fact, facts_part, make_page, read_instead
from adapters.fetching.wanted import Wanted
from bot.domain.models import Kind, PagePart, PageText
from bot.domain.url_rules import GITHUB_PAGES
from bot.errors import FetchFailed

if TYPE_CHECKING:
    from adapters.parsing import Download

log = logging.getLogger(__name__)

SITE = "GitHub"
RAW = Wanted("text/plain,*/*;q=0.1", re.compile(r"text/[\w.+-]+|application/(json|octet-stream)"))
_NOTES_CHARS = 3_000


class GithubApi:
    """Asks the API, as whom the token names: that allows 5,000 questions an hour instead of 60."""

    def __init__(
        self,
        *,
        token: str = "",
        api: str = "https://api.github.com",
        raw: str = "https://raw.githubusercontent.com",
    ) -> None:
        self._token = token
        self._api = api
        self.raw = raw

    async def ask(self, tools: Tools, *path: str, query: str = "") -> Download:
        """Ask a question whose address ends in `path`.

        Raises:
            FetchFailed: `not_found` also stands for what is private.
        """
        address = join_address(self._api, *path) + query
        headers = {"X-GitHub-Api-Version": "2022-11-28"}
        if not self._token:
            return await tools.download(address, wanted=JSON, headers=headers)
        with_token = {**headers, "Authorization": f"Bearer {self._token}"}
        try:
            return await tools.download(address, wanted=JSON, headers=with_token)
        except FetchFailed as failure:
            if failure.reason != "login":
                raise
            log.warning("GitHub refuses GITHUB_TOKEN: it has ended or was withdrawn")
            return await tools.download(address, wanted=JSON, headers=headers)


@dataclass(frozen=True, slots=True)
class Repository:
    name: str  # owner/repository as GitHub spells it
    description: str = ""
    facts: tuple[str, ...] = ()
    created_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Release:
    name: str
    notes: str
    author: str = ""
    published_at: datetime | None = None

    @property
    def part(self) -> PagePart:
        day = f", {self.published_at:%Y-%m-%d}" if self.published_at else ""
        return PagePart(f"Release {self.name}{day}", self.notes or self.name)


class GithubRepositoryReader:
    def __init__(self, api: GithubApi | None = None) -> None:
        self._api = api or GithubApi()

    def reads(self, url: str) -> bool:
        path = repository_path(url)
        return len(path) == 2 or (len(path) > 3 and path[2] == "tree")

    async def read(self, url: str, tools: Tools) -> PageText:
        owner, name, *inside = repository_path(url)
        folder = inside[2:]
        try:
            answer = await self._api.ask(tools, "repos", owner, name)
            repository = await tools.parse(parse_repository, answer)
        except FetchFailed as failure:
            return await read_instead(url, tools, failure)
        readme = await self._readme(tools, owner, name, inside)
        parts = [PagePart("", "" if folder else repository.description), *readme]
        if not folder:
            parts += [*await self._latest_release(tools, owner, name), facts_part(repository.facts)]
        title = repository.name
        if folder:
            title = f"{'/'.join(folder)} — {title}"
        elif repository.description:
            title = f"{title}: {repository.description}"
        return make_page(
            url,
            title,
            parts,
            site=SITE,
            author=repository.name.partition("/")[0],
            published_at=None if folder else repository.created_at,
            identity="" if inside else f"https://github.com/{repository.name}",
            kind=Kind.DEV,
            gaps=() if readme else ("readme",),
        )

    async def _readme(
        self, tools: Tools, owner: str, name: str, inside: list[str]
    ) -> tuple[PagePart, ...]:
        """Try the usual name first: that costs no question to the API."""
        branch, folder = "".join(inside[1:2]) or "HEAD", inside[2:]
        usual = join_address(self._api.raw, owner, name, branch, *folder, "README.md")
        try:
            return await tools.parse(parse_readme, await tools.download(usual, wanted=RAW))
        except FetchFailed as failure:
            log.debug("no README under its usual name: %s", failure)
        query = f"?ref={quote(branch, safe='')}" if inside else ""
        try:
            path = ("repos", owner, name, "readme", *folder)
            listed = await tools.parse(
                parse_readme_address, await self._api.ask(tools, *path, query=query)
            )
            return await tools.parse(parse_readme, await tools.download(listed, wanted=RAW))
        except FetchFailed:
            return ()

    async def _latest_release(self, tools: Tools, owner: str, name: str) -> tuple[PagePart, ...]:
        try:
            answer = await self._api.ask(tools, "repos", owner, name, "releases", "latest")
            release = await tools.parse(parse_release, answer)
        except FetchFailed:
            return ()  # most repositories have none
        part = release.part
        return (PagePart(f"Latest {part.heading[0].lower()}{part.heading[1:]}", part.text),)


def repository_path(url: str) -> tuple[str, ...]:
    """Return owner, repository and what follows for an address of GitHub, else ().

    >>> repository_path("https://github.com/a/b.git")
    ('a', 'b')
    """
    address = split_address(url)
    path = address.path
    if address.host != "github.com" or len(path) < 2 or path[0].lower() in GITHUB_PAGES:
        return ()
    name = path[1].removesuffix(".git")
    # What is left of "...git" would be a step upwards.
    return () if name in {"", ".", ".."} else (path[0], name, *path[2:])


def parse_repository(download: Download) -> Repository:
    found = read_json(download)
    name = found["full_name"].line
    if not name:
        raise FetchFailed("server_error", may_pass=True, detail="no repository in the answer")
    return Repository(name, found["description"].line, _facts(found), found["created_at"].instant)


def _facts(found: Answer) -> tuple[str, ...]:
    licence = found["license"]["spdx_id"].line
    topics = [each.line for each in found["topics"]][:20]
    return (
        _fact("Language", found["language"].line),
        _fact("License", "" if licence == "NOASSERTION" else licence),
        _fact("Topics", ", ".join(filter(None, topics))),
        count_fact(found["stargazers_count"].number, "Stars"),
        _fact("Website", found["homepage"].line),
        _fact("Forked from", found["parent"]["full_name"].line),
        "Archived: read-only" if found["archived"].is_true else "",
    )


def _fact(name: str, value: str) -> str:
    return f"{name}: {value}" if value else ""


def parse_readme(download: Download) -> tuple[PagePart, ...]:
    text = Answer(download.body.decode("utf-8", "replace")).text
    if download.url.lower().endswith((".md", ".markdown", ".mdx")):
        return markdown_parts(drop_front_matter(text))
    return (PagePart("README", text),)


def parse_readme_address(download: Download) -> str:
    address = read_json(download)["download_url"].line
    if not address:
        raise FetchFailed("not_found", detail="no README")
    return address


def parse_release(download: Download) -> Release:
    return release_of(read_json(download))


def release_of(found: Answer) -> Release:
    name = found["name"].line or found["tag_name"].line
    if not name:
        raise FetchFailed("not_found", detail="no release")
    parts = markdown_parts(found["body"].text[:_NOTES_CHARS])
    notes = "\n\n".join(text for each in parts for text in (each.heading, each.text) if text)
    return Release(name, notes, found["author"]["login"].line, found["published_at"].instant)
