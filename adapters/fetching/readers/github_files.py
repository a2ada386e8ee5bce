"""GitHub: single files, notebooks and gists."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from adapters.fetching.addresses import join_address, split_address
from adapters.fetching.answers import Answer, read_json
from adapters.fetching.notebooks import notebook_markdown
from adapters.fetching.reader import Tools
from adapters.fetching.readers.github import RAW, SITE, GithubApi, repository_path
from adapters.fetching.readers.github_threads import parse_comments
from adapters.fetching.sections import drop_front_matter, fence, markdown_parts
from adapters.fetching.site_pages import make_page, read_instead
from bot.domain.models import Kind, PagePart, PageText
from bot.errors import FetchFailed

if TYPE_CHECKING:
    from adapters.parsing import Download

_PROSE = frozenset(["", ".txt", ".rst", ".adoc", ".org", ".tex", ".srt", ".vtt", ".log"])
_MARKDOWN = (".md", ".markdown", ".mdx")
# What is read as a document by its type, not as the lines of a text.
_DOCUMENTS = frozenset(
    [
        ".pdf",
        ".docx",
        ".pptx",
        ".xlsx",
        ".hwp",
        ".hwpx",
        ".html",
        ".htm",
        ".png",
        ".jpg",
        ".jpeg",
        ".gif",
        ".webp",
        ".svg",
    ]
)
# Pages that show a notebook of GitHub under the address that it has there.
_SHOWING = {"colab.research.google.com": "github", "nbviewer.org": "github"}
_MOST_FILES = 30


@dataclass(frozen=True, slots=True)
class Gist:
    title: str
    owner: str
    parts: tuple[PagePart, ...]
    created_at: datetime | None = None
    comments: int = 0


class GithubFileReader:
    def __init__(self, api: GithubApi | None = None) -> None:
        self._api = api or GithubApi()

    def reads(self, url: str) -> bool:
        return bool(file_path(url))

    async def read(self, url: str, tools: Tools) -> PageText:
        owner, name, *rest = file_path(url)
        where = join_address(self._api.raw, owner, name, *rest)
        title = f"{'/'.join(rest[1:])} — {owner}/{name}"
        identity = join_address("https://github.com", owner, name, "blob", *rest)
        if PurePosixPath(rest[-1]).suffix.lower() in _DOCUMENTS:
            page = await tools.read(where)
            return replace(page, url=url, title=title, site=SITE, identity=identity, lasting_url="")
        try:
            parts = await tools.parse(parse_file, await tools.download(where, wanted=RAW))
        except FetchFailed as failure:
            is_other = failure.reason == "unsupported_type"
            return await read_instead(where if is_other else url, tools, failure)
        return make_page(
            url, title, parts, site=SITE, author=owner, identity=identity, kind=Kind.DEV
        )


class GistReader:
    def __init__(self, api: GithubApi | None = None) -> None:
        self._api = api or GithubApi()

    def reads(self, url: str) -> bool:
        return bool(_gist_id(url))

    async def read(self, url: str, tools: Tools) -> PageText:
        number = _gist_id(url)
        try:
            gist = await tools.parse(parse_gist, await self._api.ask(tools, "gists", number))
        except FetchFailed as failure:
            return await read_instead(url, tools, failure)
        comments: tuple[PagePart, ...] = ()
        gaps: tuple[str, ...] = ()
        if gist.comments:
            try:
                answer = await self._api.ask(tools, "gists", number, "comments")
                comments = await tools.parse(parse_comments, answer)
            except FetchFailed:
                gaps = ("discussion",)
        return make_page(
            url,
            gist.title,
            [*gist.parts, *comments],
            site="GitHub Gist",
            author=gist.owner,
            published_at=gist.created_at,
            identity=join_address("https://gist.github.com", *filter(None, (gist.owner, number))),
            kind=Kind.DEV,
            gaps=gaps,
        )


def file_path(url: str) -> tuple[str, ...]:
    """Return owner, repository, branch and the file's steps, else ().

    A branch may hold slashes: branch and steps are only ever used one after the other.
    """
    address = split_address(url)
    path = repository_path(url)
    if address.host == "raw.githubusercontent.com":
        owner, name, *rest = address.path if len(address.path) > 3 else ("", "")
        path = (owner, name, "blob", *(rest[2:] if rest[:2] == ["refs", "heads"] else rest))
    elif address.path[:1] == (_SHOWING.get(address.host),):
        path = address.path[1:]
    if len(path) < 5 or path[2] not in {"blob", "raw", "blame"}:
        return ()
    return (path[0], path[1], *path[3:])


def _gist_id(url: str) -> str:
    address = split_address(url)
    if address.host not in {"gist.github.com", "gist.githubusercontent.com"}:
        return ""
    found = [each for each in address.path[:2] if len(each) >= 20 or each.isdecimal()]
    is_id = bool(found) and found[-1].isascii() and found[-1].isalnum()
    return found[-1] if is_id else ""


def parse_file(download: Download) -> tuple[PagePart, ...]:
    name = (split_address(download.url).path or ("",))[-1]
    body = download.body
    if b"\0" in body[:4096]:
        raise FetchFailed("unsupported_type", detail="binary data")
    return parts_of_file(name, body.decode("utf-8", "replace"))


def parts_of_file(name: str, text: str) -> tuple[PagePart, ...]:
    """Return Markdown and notebooks by their headings, other files as they are.

    Raises:
        FetchFailed: nothing in it, or it says to be a notebook and is none.
    """
    text = Answer(text).text
    if name.lower().endswith(".ipynb"):
        parts = markdown_parts(notebook_markdown(_notebook(text)))
    elif name.lower().endswith(_MARKDOWN):
        parts = markdown_parts(drop_front_matter(text))
    else:
        is_prose = PurePosixPath(name).suffix.lower() in _PROSE
        parts = (PagePart(name, text if is_prose else fence(text)),) if text else ()
    if not parts:
        raise FetchFailed("empty", detail="no text in the file")
    return parts


def _notebook(text: str) -> Answer:
    import json

    try:
        return Answer(json.loads(text))
    except (ValueError, RecursionError) as error:
        raise FetchFailed("empty", detail="no notebook") from error


def parse_gist(download: Download) -> Gist:
    found = read_json(download)
    names = found["files"].names[:_MOST_FILES]
    parts: list[PagePart] = []
    for name in names:
        content = found["files"][name]["content"].text
        try:
            pieces = parts_of_file(Answer(name).line, content)
        except FetchFailed:
            continue
        # Parts of several files are told apart by the file.
        parts += [replace(each, heading=_below(Answer(name).line, each.heading)) for each in pieces]
    if not parts:
        raise FetchFailed("server_error", may_pass=True, detail="no gist in the answer")
    return Gist(
        found["description"].line or Answer(names[0]).line,
        found["owner"]["login"].line,
        tuple(parts),
        found["created_at"].instant,
        int(found["comments"].number or 0),
    )


def _below(name: str, heading: str) -> str:
    return name if heading in {"", name} else f"{name} › {heading}"
