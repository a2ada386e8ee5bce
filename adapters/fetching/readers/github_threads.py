"""GitHub: issues, pull requests, releases and commits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from adapters.fetching.answers import Answer, read_json
from adapters.fetching.discussions import Comment, discussion_parts
from adapters.fetching.reader import Tools
from adapters.fetching.readers.github import SITE, GithubApi, Release, release_of, repository_path
from adapters.fetching.sections import markdown_parts
from adapters.fetching.site_pages import facts_part, make_page, read_instead
from bot.domain.models import Kind, PagePart, PageText
from bot.errors import FetchFailed

if TYPE_CHECKING:
    from adapters.parsing import Download

_MOST_RELEASES = 10
_MOST_FILES = 100
_SHORT_SHA = 7


@dataclass(frozen=True, slots=True)
class Written:
    """What somebody wrote at GitHub: an issue, a pull request, a commit."""

    title: str
    parts: tuple[PagePart, ...]
    author: str = ""
    written_at: datetime | None = None
    comments: int = 0


class GithubThreadReader:
    def __init__(self, api: GithubApi | None = None) -> None:
        self._api = api or GithubApi()

    def reads(self, url: str) -> bool:
        return _is_number(repository_path(url))

    async def read(self, url: str, tools: Tools) -> PageText:
        owner, name, kind, number, *_ = repository_path(url)
        thread = ("repos", owner, name, "issues", number)
        try:
            answer = await self._api.ask(tools, *thread)
            issue = await tools.parse(parse_issue, answer)
        except FetchFailed as failure:
            return await read_instead(url, tools, failure)
        comments, gaps = await self._comments(tools, thread) if issue.comments else ((), ())
        return make_page(
            url,
            f"{issue.title} · {owner}/{name} #{number}",
            [*issue.parts, *comments],
            site=SITE,
            author=issue.author,
            published_at=issue.written_at,
            identity=f"https://github.com/{owner}/{name}/{kind}/{number}",
            kind=Kind.DEV,
            gaps=gaps,
        )

    async def _comments(
        self, tools: Tools, thread: tuple[str, ...]
    ) -> tuple[tuple[PagePart, ...], tuple[str, ...]]:
        try:
            answer = await self._api.ask(tools, *thread, "comments", query="?per_page=100")
            return await tools.parse(parse_comments, answer), ()
        except FetchFailed:
            return (), ("discussion",)


class GithubReleaseReader:
    def __init__(self, api: GithubApi | None = None) -> None:
        self._api = api or GithubApi()

    def reads(self, url: str) -> bool:
        path = repository_path(url)
        return path[2:3] == ("releases",) and (
            len(path) == 3 or path[3:] == ("latest",) or (len(path) >= 5 and path[3] == "tag")
        )

    async def read(self, url: str, tools: Tools) -> PageText:
        owner, name, _, *which = repository_path(url)
        path = ["repos", owner, name, "releases"]
        if which:
            # A tag may hold slashes, which are steps of the address.
            path += ["latest"] if which == ["latest"] else ["tags", "/".join(which[1:])]
        try:
            releases = await tools.parse(parse_releases, await self._api.ask(tools, *path))
        except FetchFailed as failure:
            return await read_instead(url, tools, failure)
        newest = releases[0]
        return make_page(
            url,
            f"{newest.name} · {owner}/{name}" if which else f"Releases · {owner}/{name}",
            [each.part for each in releases],
            site=SITE,
            author=newest.author,
            published_at=newest.published_at,
            kind=Kind.DEV,
        )


class GithubCommitReader:
    def __init__(self, api: GithubApi | None = None) -> None:
        self._api = api or GithubApi()

    def reads(self, url: str) -> bool:
        path = repository_path(url)
        return len(path) == 4 and path[2] == "commit"

    async def read(self, url: str, tools: Tools) -> PageText:
        owner, name, _, sha = repository_path(url)
        sha = sha.partition(".")[0]  # `.patch` and `.diff` are the same commit
        try:
            answer = await self._api.ask(tools, "repos", owner, name, "commits", sha)
            commit = await tools.parse(parse_commit, answer)
        except FetchFailed as failure:
            return await read_instead(url, tools, failure)
        return make_page(
            url,
            f"{commit.title} · {owner}/{name}@{sha[:_SHORT_SHA]}",
            commit.parts,
            site=SITE,
            author=commit.author,
            published_at=commit.written_at,
            kind=Kind.DEV,
        )


def _is_number(path: tuple[str, ...]) -> bool:
    return (
        len(path) >= 4 and path[2] in {"issues", "pull"} and path[3].isascii() and path[3].isdigit()
    )


def parse_issue(download: Download) -> Written:
    found = read_json(download)
    title = found["title"].line
    if not title:
        raise FetchFailed("server_error", may_pass=True, detail="no issue in the answer")
    labels = ", ".join(filter(None, (each["name"].line for each in list(found["labels"])[:20])))
    about = [f"State: {_state(found)}", f"Labels: {labels}" if labels else ""]
    return Written(
        title,
        (*markdown_parts(found["body"].text), facts_part(about)),
        found["user"]["login"].line,
        found["created_at"].instant,
        int(found["comments"].number or 0),
    )


def _state(found: Answer) -> str:
    if found["pull_request"]["merged_at"].instant:
        return "merged"
    state = found["state"].line or "unknown"
    why = found["state_reason"].line.replace("_", " ")
    return f"{state} ({why})" if why and state == "closed" else state


def parse_comments(download: Download) -> tuple[PagePart, ...]:
    return discussion_parts(
        Comment(each["user"]["login"].line, _plain(each["body"].text))
        for each in read_json(download)
    )


def _plain(markdown: str) -> str:
    parts = markdown_parts(markdown)
    return "\n\n".join(text for each in parts for text in (each.heading, each.text) if text)


def parse_releases(download: Download) -> tuple[Release, ...]:
    """Return them newest first; the answer is one release or a list of them."""
    found = read_json(download)
    many = [each for each in found if each["tag_name"].line] if not found.names else [found]
    releases = tuple(release_of(each) for each in many[:_MOST_RELEASES])
    if not releases:
        raise FetchFailed("not_found", detail="no releases")
    return releases


def parse_commit(download: Download) -> Written:
    found = read_json(download)
    message = found["commit"]["message"].text
    title, _, rest = message.partition("\n")
    if not title:
        raise FetchFailed("server_error", may_pass=True, detail="no commit in the answer")
    files = [_changed(each) for each in list(found["files"])[:_MOST_FILES]]
    author = found["commit"]["author"]
    return Written(
        title,
        (PagePart("", rest.strip() or title), PagePart("Files", "\n".join(filter(None, files)))),
        found["author"]["login"].line or author["name"].line,
        author["date"].instant,
    )


def _changed(file: Answer) -> str:
    name, added, removed = file["filename"].line, file["additions"].number, file["deletions"].number
    return f"{name} (+{added or 0:.0f} −{removed or 0:.0f})" if name else ""
