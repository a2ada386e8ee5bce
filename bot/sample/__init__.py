"""The sample archive of `jubo demo`: our own words on real links, dated backwards from today."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date, timedelta
from importlib import resources
from typing import Any

from bot.domain.models import Kind


@dataclass(frozen=True, slots=True)
class SampleRelated:
    title: str
    url: str
    kind: Kind
    who: str = ""


@dataclass(frozen=True, slots=True)
class SampleLink:
    """`text` stands for the page's; `savers` saved it in this order, a minute apart."""

    day: date
    title: str
    url: str
    who: str
    kind: Kind
    language: str
    text: str
    savers: tuple[str, ...]
    related: tuple[SampleRelated, ...] = ()


@dataclass(frozen=True, slots=True)
class SampleMessage:
    """A message of the chat whose links nobody saved yet: something to react to."""

    by: str
    text: str


@dataclass(frozen=True, slots=True)
class Sample:
    links: tuple[SampleLink, ...]
    messages: tuple[SampleMessage, ...]


def load_sample(today: date) -> Sample:
    """Read the sample, oldest link first; the newest is of today."""
    raw = tomllib.loads(
        resources.files("bot.sample").joinpath("sample.toml").read_text(encoding="utf-8")
    )
    links = [_link(each, today) for each in raw["link"]]
    messages = tuple(SampleMessage(each["by"], each["text"].strip()) for each in raw["message"])
    return Sample(tuple(sorted(links, key=lambda link: (link.day, link.url))), messages)


def _link(raw: dict[str, Any], today: date) -> SampleLink:
    return SampleLink(
        day=today - timedelta(days=raw["days_ago"]),
        title=raw["title"],
        url=raw["url"],
        who=raw["who"],
        kind=Kind(raw["kind"]),
        language=raw["language"],
        text=raw["text"].strip(),
        savers=tuple(raw["savers"]),
        related=tuple(
            SampleRelated(each["title"], each["url"], Kind(each["kind"]), each["who"])
            for each in raw.get("related", ())
        ),
    )
