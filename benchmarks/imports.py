"""Read every export of the shared data and say of each address in it where it went.

    python -m benchmarks.imports [--shared ../shared]

The anchor counts the unique addresses of a file by a plain pattern, wherever they stand: in the
icons of bookmarks, the texts of articles and the pictures of members, too. What stands in such a
place alone is no link that somebody kept; the last column names these places.
"""

from __future__ import annotations

import argparse
import json
import re
import time
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator
from html import unescape
from pathlib import Path
from typing import Any, NamedTuple

from adapters.importers import ArchiveReaders
from bot.domain.archives import Archive, ArchiveLink
from bot.domain.urls import InvalidUrl, canonicalise
from bot.errors import UserError

ROOT = Path(__file__).parent.parent

_ADDRESS = re.compile(r"https?://[^\s\"'<>]+")  # the anchor's
_IN_LIST = re.compile(r"https?://[^\s\"'<>)\]]+")  # in Markdown brackets are not part of it
_IN_SLACK = re.compile(r"https?://[^\s\"'<>|]+")
_ATTRIBUTE = re.compile(r"""([\w-]+)=(?:"([^"]*)"|'([^']*)')""")
# Where an address is nothing that somebody kept.
_ELSEWHERE = {
    *("icon_uri", "iconUrl", "avatarUrl"),
    *("content", "5", "article__excerpt", "extended", "preview_picture"),
}


class Outcome(NamedTuple):
    """`unique`: what the pattern finds; of these, `kept` by people, and `found` by us."""

    name: str
    form: str
    unique: int
    kept: int
    found: int
    seconds: float
    elsewhere: Counter[str]
    missing: list[str]


def read_export(path: Path) -> Outcome:
    data = path.read_bytes()
    text = data.decode("utf-8-sig", "replace")
    archive, form, seconds = _read(path, data)
    saved = _keys(_addresses(archive.links)) if archive else set()
    unique = set(_ADDRESS.findall(text))
    places = _places(text)
    elsewhere, missing = Counter[str](), []
    for address in unique:
        # In a table the pattern takes the next column along.
        of_column = address.partition(",")[0] if path.suffix == ".csv" else address
        if saved & {_key(address), _key(of_column)}:
            continue
        of = places.get(address, {"text"})
        if of <= _ELSEWHERE:
            elsewhere[min(of)] += 1
        else:
            missing.append(address)
    kept = len(unique) - elsewhere.total()
    found = kept - len(missing)
    return Outcome(path.name, form, len(unique), kept, found, seconds, elsewhere, missing)


def read_list(path: Path) -> Outcome:
    data = path.read_bytes()
    archive, form, seconds = _read(path, data)
    links = _keys(_addresses(archive.links)) if archive else set()
    listed = _keys(each.excerpt for each in archive.refusals) if archive else set()
    unique = set(_IN_LIST.findall(data.decode()))
    figures = {each for each in unique if _key(each) in listed - links}
    whole = "\n".join(["", *links, *listed])
    # The pattern cuts addresses at brackets and apostrophes that are theirs.
    missing = [each for each in unique if f"\n{_key(each)}" not in whole]
    kept = len(unique) - len(figures)
    elsewhere = Counter({"listed as refused": len(figures)}) if figures else Counter[str]()
    return Outcome(
        path.name, form, len(unique), kept, kept - len(missing), seconds, elsewhere, missing
    )


def read_slack(path: Path) -> Outcome:
    """Take for kept what stands in the words of a person's message."""
    archive, form, seconds = _read(path, path.read_bytes())
    saved = _keys(_addresses(archive.links)) if archive else set()
    unique: dict[str, set[str]] = {}
    with zipfile.ZipFile(path) as folder:
        for name in folder.namelist():
            for record in json.loads(folder.read(name)) if name.endswith(".json") else ():
                of_person = "user" in record and "bot_id" not in record and "ts" in record
                for key, value in _strings(record):
                    place = "people" if of_person and key == "text" else "programs and profiles"
                    for address in _IN_SLACK.findall(unescape(value)):
                        unique.setdefault(address, set()).add(place)
    elsewhere = Counter(
        "programs, profiles, previews"
        for address, places in unique.items()
        if "people" not in places and _key(address) not in saved
    )
    missing = [
        address
        for address, places in unique.items()
        if "people" in places and _key(address) not in saved
    ]
    kept = len(unique) - elsewhere.total()
    found = kept - len(missing)
    return Outcome(path.name, form, len(unique), kept, found, seconds, elsewhere, missing)


def _read(path: Path, data: bytes) -> tuple[Archive | None, str, float]:
    started = time.perf_counter()
    try:
        archive = ArchiveReaders().read(path.name, data)
    except UserError as error:
        said = f"{error.values.get('form', '')}: {error.message_key}"
        return None, said, time.perf_counter() - started
    return archive, archive.form, time.perf_counter() - started


def _addresses(links: Iterable[ArchiveLink]) -> Iterator[str]:
    for link in links:
        yield link.url
        yield from _addresses(link.related)


def _keys(addresses: Iterable[str]) -> set[str]:
    return {_key(address) for address in addresses}


def _key(address: str) -> str:
    try:
        return canonicalise(unescape(address).rstrip(".,"))
    except InvalidUrl:
        return address


def _places(text: str) -> dict[str, set[str]]:
    """Return under which keys or attributes each address stands."""
    found: dict[str, set[str]] = {}
    try:
        pairs = list(_strings(json.loads(text)))
    except ValueError:
        pairs = [(name.lower(), a or b) for name, a, b in _ATTRIBUTE.findall(text)]
    for place, value in pairs:
        for address in _ADDRESS.findall(value):
            found.setdefault(address, set()).add(place)
            found.setdefault(address.replace("/", "\\/"), set()).add(place)
            # In JSON a quotation mark ends no address, but the backslash before it is left.
            found.setdefault(address + "\\", set()).add(place)
    return found


def _strings(value: Any, key: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield key, value
    elif isinstance(value, list):
        for each in value:
            yield from _strings(each, key)
    elif isinstance(value, dict):
        for name, each in value.items():
            yield from _strings(each, name)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--shared", type=Path, default=ROOT.parent / "shared")
    data = parser.parse_args().shared.resolve() / "bench/data/imports"
    counts = json.loads((data / "exports/link_counts.json").read_text(encoding="utf-8"))
    print(f"{'file':46} {'form':14}{'unique':>7}{'kept':>6}{'found':>6}{'s':>7}  elsewhere")
    for path, counted in counts.items():
        outcome = read_export(data / "exports" / path.partition("exports/")[2])
        _print(outcome)
        if outcome.unique != counted["urls"]:
            print(f"    the anchor counts {counted['urls']}")
    for path in sorted((data / "exports/slack-export-viewer").glob("*.zip")):
        _print(read_slack(path))
    for path in sorted((data / "markdown_lists").glob("*.md")):
        _print(read_list(path))


def _print(outcome: Outcome) -> None:
    elsewhere = ", ".join(f"{place} {count}" for place, count in outcome.elsewhere.most_common())
    print(
        f"{outcome.name[:45]:46} {outcome.form[:32]:14}{outcome.unique:7}{outcome.kept:6}"
        f"{outcome.found:6}{outcome.seconds:7.3f}  {elsewhere}"
    )
    for address in sorted(outcome.missing):
        print(f"    missing: {address[:140]}")


if __name__ == "__main__":
    main()
