"""Hugging Face: cards of models, datasets and spaces, and single files. Papers are arXiv's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from adapters.fetching.addresses import join_address, split_address
from adapters.fetching.answers import JSON, Answer, read_json
from adapters.fetching.reader import Tools
from adapters.fetching.readers.github import RAW, parse_readme
from adapters.fetching.readers.github_files import parse_file
from adapters.fetching.site_pages import count_fact, facts_part, make_page, read_instead
from bot.domain.models import Kind, PagePart, PageText
from bot.errors import FetchFailed

if TYPE_CHECKING:
    from adapters.parsing import Download

_SITE = "Hugging Face"
_REPOSITORIES = ("datasets", "spaces")
# First steps of addresses that are no owner of models.
_PAGES = frozenset(
    [
        "api",
        "blog",
        "brand",
        "changelog",
        "chat",
        "collections",
        "course",
        "datasets",
        "docs",
        "enterprise",
        "front",
        "inference-endpoints",
        "join",
        "kernels",
        "languages",
        "learn",
        "login",
        "metrics",
        "models",
        "new",
        "organizations",
        "papers",
        "posts",
        "pricing",
        "privacy",
        "search",
        "settings",
        "spaces",
        "storage",
        "support",
        "tasks",
        "terms-of-service",
        "welcome",
    ]
)
_TAG_FACTS = {"arxiv:": "arXiv", "base_model:": "Base model", "dataset:": "Datasets"}


@dataclass(frozen=True, slots=True)
class Card:
    name: str
    title: str = ""
    author: str = ""
    created_at: datetime | None = None
    facts: tuple[str, ...] = ()


class HuggingFaceReader:
    def __init__(self, *, site: str = "https://huggingface.co") -> None:
        self._site = site

    def reads(self, url: str) -> bool:
        _, owner, rest = _split(url)
        return bool(owner) and (len(rest) == 1 or rest[1:] == ("tree", "main") or _is_file(rest))

    async def read(self, url: str, tools: Tools) -> PageText:
        group, owner, rest = _split(url)
        if _is_file(rest):
            return await self._read_file(url, tools)
        name = (owner, rest[0])
        try:
            address = join_address(self._site, "api", group or "models", *name)
            card = await tools.parse(parse_card, await tools.download(address, wanted=JSON))
        except FetchFailed as failure:
            return await read_instead(url, tools, failure)
        place = (group, *name) if group else name
        readme = await self._readme(place, tools)
        return make_page(
            url,
            card.title or card.name,
            [*readme, facts_part(card.facts)],
            site=_SITE,
            author=card.author or owner,
            published_at=card.created_at,
            identity=join_address("https://huggingface.co", *place),
            kind=Kind.DEV,
            gaps=() if readme else ("readme",),
        )

    async def _readme(self, place: tuple[str, ...], tools: Tools) -> tuple[PagePart, ...]:
        address = join_address(self._site, *place, "raw", "main", "README.md")
        try:
            return await tools.parse(parse_readme, await tools.download(address, wanted=RAW))
        except FetchFailed:
            return ()

    async def _read_file(self, url: str, tools: Tools) -> PageText:
        group, owner, (name, _, *steps) = _split(url)
        place = (group, owner, name) if group else (owner, name)
        try:
            raw = join_address(self._site, *place, "raw", *steps)
            parts = await tools.parse(parse_file, await tools.download(raw, wanted=RAW))
        except FetchFailed as failure:
            return await read_instead(url, tools, failure)
        title = f"{'/'.join(steps[1:])} — {owner}/{name}"
        return make_page(url, title, parts, site=_SITE, author=owner, kind=Kind.DEV)


def _split(url: str) -> tuple[str, str, tuple[str, ...]]:
    """Return group ("" for models), owner, and name and what follows; owner "" if not for us."""
    address = split_address(url)
    group, path = "", address.path
    if path[:1] and path[0] in _REPOSITORIES:
        group, path = path[0], path[1:]
    if address.host != "huggingface.co" or len(path) < 2 or path[0] in _PAGES:
        return "", "", ()
    return group, path[0], path[1:]


def _is_file(rest: tuple[str, ...]) -> bool:
    return len(rest) >= 4 and rest[1] in {"blob", "raw", "resolve"}


def parse_card(download: Download) -> Card:
    found = read_json(download)
    name = found["id"].line or found["modelId"].line
    if not name:
        raise FetchFailed("server_error", may_pass=True, detail="no card in the answer")
    told = found["cardData"]
    title, short = told["title"].line or told["pretty_name"].line, told["short_description"].line
    return Card(
        name,
        ": ".join(filter(None, (f"{title} ({name})" if title else name, short))),
        found["author"].line,
        found["createdAt"].instant,
        _facts(found),
    )


def _facts(found: Answer) -> tuple[str, ...]:
    tags = [each.line for each in list(found["tags"])[:200]]
    licence = next((each.removeprefix("license:") for each in tags if each[:8] == "license:"), "")
    plain = [each for each in tags if each and ":" not in each][:20]
    gated = found["gated"].line or found["gated"].is_true
    updated = found["lastModified"].instant
    facts = {
        "Task": found["pipeline_tag"].line,
        "Library": found["library_name"].line,
        "SDK": found["sdk"].line,
        "License": licence or found["cardData"]["license"].line,
        **{name: _tagged(tags, prefix) for prefix, name in _TAG_FACTS.items()},
        "Tags": ", ".join(plain),
        "Updated": f"{updated:%Y-%m-%d}" if updated else "",
        "Access": "on request" if gated else "",
    }
    return (
        *(f"{name}: {value}" for name, value in facts.items() if value),
        count_fact(found["downloads"].number, "Downloads last month"),
        count_fact(found["likes"].number, "Likes"),
    )


def _tagged(tags: list[str], prefix: str) -> str:
    named = (each.removeprefix(prefix) for each in tags if each.startswith(prefix))
    # "base_model:finetune:owner/name" repeats "base_model:owner/name".
    return ", ".join(dict.fromkeys(each.rpartition(":")[2] for each in named))
