"""What is said in a video: caption files, chapters, and both as parts named by their time."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from adapters.fetching.answers import Answer
from bot.domain.models import PagePart
from bot.errors import FetchFailed

if TYPE_CHECKING:
    from adapters.parsing import Download

_PART_S = 300  # without chapters: about as much as is looked for at one go
_PAUSE_S = 3.0
_PARAGRAPH_CHARS = 500
_MOST_LINES = 30_000
_MOST_CHAPTERS = 200
_LAST_S = 100 * 3600.0

_TIME = r"(?:([0-9]{1,2}):)?([0-9]{1,2}):([0-9]{2})"
# Such as 12:30 Results, (12:30) - Results, and Results 12:30.
_CHAPTER = re.compile(rf"\W*{_TIME}(?!\d)[\s)\]:|~·–—-]*(.*)")
_CHAPTER_AFTER = re.compile(rf"(.*\S)[\s(\[:|~·–—-]+{_TIME}[)\]]?")


@dataclass(frozen=True, slots=True)
class Line:
    start_s: float
    text: str


@dataclass(frozen=True, slots=True)
class Chapter:
    start_s: int
    title: str


def chapters_in(description: str) -> tuple[Chapter, ...]:
    """Return the chapters that a description lists, from 0:00 upwards; one alone is none."""
    found: list[Chapter] = []
    for line in description.splitlines():
        chapter = _chapter(line.strip()[:300])
        if chapter and (not found or chapter.start_s > found[-1].start_s):
            found.append(chapter)
    is_list = len(found) > 1 and found[0].start_s == 0
    return tuple(found[:_MOST_CHAPTERS]) if is_list else ()


def without_chapters(description: str) -> str:
    """Leave out the lines that name chapters: they are the headings of what is said."""
    lines = description.splitlines()
    return "\n".join(line for line in lines if not _chapter(line.strip()[:300])).strip()


def _chapter(line: str) -> Chapter | None:
    if found := _CHAPTER.fullmatch(line):
        *time, title = found.groups()
    elif found := _CHAPTER_AFTER.fullmatch(line):
        title, *time = found.groups()
    else:
        return None
    hours, minutes, seconds = (int(each or 0) for each in time)
    return Chapter(hours * 3600 + minutes * 60 + seconds, title.strip())


def transcript_parts(
    lines: Sequence[Line], chapters: Sequence[Chapter] = ()
) -> tuple[PagePart, ...]:
    """Return what is said by chapter ("12:30 Results"), or by five minutes ("10:00").

    Times are those of the video, so a citation leads to the place.
    """
    if not lines:
        return ()
    if not chapters:
        last = int(lines[-1].start_s)
        chapters = [Chapter(start, "") for start in range(0, last + 1, _PART_S)]
    parts: list[PagePart] = []
    ends = [float(each.start_s) for each in chapters[1:]] + [float("inf")]
    position = 0
    for chapter, end in zip(chapters, ends, strict=True):
        first = position
        while position < len(lines) and lines[position].start_s < end:
            position += 1
        heading = f"{clock_time(chapter.start_s)} {chapter.title}".strip()
        parts.append(PagePart(heading, _paragraphs(lines[first:position])))
    return tuple(each for each in parts if each.text)


def clock_time(seconds: int) -> str:
    """Write a time as players do.

    >>> clock_time(750), clock_time(3750)
    ('12:30', '1:02:30')
    """
    minutes, second = divmod(seconds, 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02}:{second:02}" if hours else f"{minute}:{second:02}"


def _paragraphs(lines: Iterable[Line]) -> str:
    """Join lines; captions made by machines have no sentences, so pauses and length divide them."""
    paragraphs: list[list[str]] = [[]]
    before = 0.0
    for line in lines:
        length = sum(map(len, paragraphs[-1]))
        is_end = paragraphs[-1] and paragraphs[-1][-1].endswith((".", "?", "!", "。"))
        has_paused = line.start_s - before > _PAUSE_S * 3
        if (length > _PARAGRAPH_CHARS / 2 and (is_end or has_paused)) or length > _PARAGRAPH_CHARS:
            paragraphs.append([])
        paragraphs[-1].append(line.text)
        before = line.start_s
    return "\n\n".join(" ".join(each) for each in paragraphs if each)


def parse_lines(download: Download) -> tuple[Line, ...]:
    """Read captions as json3, XML or WebVTT; () if there are none in it."""
    text = download.body.decode("utf-8", "replace").lstrip("\ufeff").strip()
    if text.startswith("{"):
        lines = _from_json3(text)
    elif text.startswith("WEBVTT"):
        lines = _from_vtt(text)
    elif text.startswith("<"):
        lines = _from_xml(download.body)
    else:
        lines = []
    return tuple(sorted(_told_once(lines), key=lambda each: each.start_s))


def _from_json3(text: str) -> list[Line]:
    try:
        events = Answer(json.loads(text))["events"]
    except (ValueError, RecursionError) as error:
        raise FetchFailed("server_error", may_pass=True, detail="no captions") from error
    lines = []
    for event in events:
        said = "".join(each["utf8"].verbatim for each in event["segs"])
        start = event["tStartMs"].number
        if start is not None:
            lines.append(Line(start / 1000, Answer(said).line))
    return lines


def _from_xml(body: bytes) -> list[Line]:
    """Both forms: `<text start="1.5">` in seconds, `<p t="1500">` in thousandths."""
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False, recover=True)
    try:
        tree = etree.fromstring(body, parser)
    except (etree.LxmlError, ValueError):
        return []
    if tree is None:
        return []
    lines = []
    for each in tree.iter("text", "p"):
        start = _seconds(each.get("start")) if each.tag == "text" else _seconds(each.get("t"))
        said = " ".join("".join(each.itertext()).split())
        if start is not None:
            lines.append(Line(start / (1000 if each.tag == "p" else 1), _unescaped(said)))
    return lines


def _from_vtt(text: str) -> list[Line]:
    lines = []
    for block in re.split(r"\n\s*\n", text.replace("\r\n", "\n")):
        found = re.search(r"(?m)^(?:(\d{1,3}):)?(\d{1,2}):(\d{2})\.\d{3} +-->.*$", block)
        if found:
            hours, minutes, seconds = (int(each or 0) for each in found.groups())
            said = re.sub(r"<[^<>]*>", "", block[found.end() :])
            lines.append(Line(hours * 3600 + minutes * 60 + seconds, Answer(said).line))
    return lines


def _unescaped(text: str) -> str:
    """Escaped twice in the older form: "it&amp;#39;s"."""
    from html import unescape

    return Answer(unescape(text)).line


def _seconds(text: str | None) -> float | None:
    try:
        return float(text or "")
    except ValueError:
        return None


def _told_once(lines: Iterable[Line]) -> list[Line]:
    """Drop empty lines, impossible times, and lines that scroll on as the next one's first."""
    kept: list[Line] = []
    for line in lines:
        is_sane = 0 <= line.start_s <= _LAST_S
        if line.text and is_sane and not (kept and kept[-1].text == line.text):
            kept.append(line)
        if len(kept) == _MOST_LINES:
            break
    return kept
