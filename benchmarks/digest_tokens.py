"""Count what a digest of 90 links sends to a language model, by style, and what a liar costs.

    python -m benchmarks.digest_tokens [--shared ../shared] [--links 90]

Counted by our own estimate (`bot.text.token_counts`), which is rather too much. The model is one
that answers with sentences of its sources; "lies" makes everything up, so that all is repaired.
Pages are in the language of the digest; each one is written where none was before.
"""

from __future__ import annotations

import argparse
import asyncio
import gzip
import json
import shutil
import tempfile
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.domain.digests import Digest, Period, Style
from bot.domain.models import LOCAL, PageText
from bot.domain.understanding import make_sense
from bot.domain.visibility import OPERATOR
from bot.ports import Storage
from bot.services.digesting import DigestingService
from bot.services.writing import WritingService
from bot.text.token_counts import count_tokens
from bot.texts import Texts
from storage import open_storage
from tests.factories import make_save
from tests.fakes.writing_model import Said, WritingModel, write

ROOT = Path(__file__).parent.parent
SETS = {"ko": ("ko_scinews", "ko_techblog"), "en": ("en_longpaper", "en_bbc")}
ANCHOR = 157_000  # a weekly digest of 90 links in the closest product
WANTED = 30_000
MONDAY = datetime(2025, 1, 6, 9, tzinfo=UTC)
WEEK = Period("2025-W02", date(2025, 1, 6), date(2025, 1, 13))


def read_pages(shared: Path, language: str, count: int) -> list[PageText]:
    rows = []
    for name in SETS[language]:
        with gzip.open(shared / f"bench/data/summ/{name}.jsonl.gz", "rt") as lines:
            rows += [(name, json.loads(line)) for line in lines]
    return [
        PageText(
            url=f"https://{name.replace('_', '-')}.example/{number}",
            title=row["title"],
            text="\n".join(row["sentences"]),
            language=language,
        )
        for number, (name, row) in enumerate(rows[:count])
    ]


async def fill(path: Path, pages: list[PageText]) -> None:
    async with open_storage(f"sqlite:///{path}") as storage:
        await save(storage, pages)


async def save(storage: Storage, pages: list[PageText]) -> None:
    await storage.workspaces.ensure(LOCAL, name="local")
    for number, page in enumerate(pages):
        made = make_sense(page)
        new = make_save(
            page.url,
            kind=None,
            message=f"message-{number}",
            saved_at=MONDAY + timedelta(hours=number),
        )
        saved = await storage.links.save(new)
        await storage.links.store_page(
            LOCAL, saved.link.id, page, made.understanding, made.passages
        )


def lie(system: str, user: str) -> Said:
    return write(system, user, lie="Zanzibar sold 987,654 unicorns.", is_mended=False)


async def write_digest(filled: Path, model: WritingModel, *, style: Style, language: str) -> Digest:
    """Write one on a copy of a database that no model has written into."""
    path = filled.with_name("copy.db")
    shutil.copy(filled, path)
    async with open_storage(f"sqlite:///{path}") as storage:
        texts = Texts.load()
        digesting = DigestingService(
            storage.links,
            storage.notes,
            storage.signals,
            texts=texts,
            writing=WritingService(model, storage.links, storage.concepts, texts=texts),
        )
        return await digesting.compile(
            LOCAL,
            WEEK,
            style=style,
            language=language,
            zone=ZoneInfo("UTC"),
            audience=OPERATOR,
        )


def count(model: WritingModel) -> Counter[str]:
    tokens: Counter[str] = Counter()
    for question in model.asked:
        sent = sum(count_tokens(message.text) for message in question.prompt.messages)
        tokens[str(question.stage)] += sent
    return tokens


async def measure(filled: Path, language: str) -> bool:
    is_enough = True
    for style in Style:
        for name, answer in (("true", write), ("lies", lie)):
            model = WritingModel(answer)
            digest = await write_digest(filled, model, style=style, language=language)
            tokens = count(model)
            total = sum(tokens.values())
            is_enough &= total <= WANTED
            told = digest.writing
            assert told is not None
            print(
                f"{style:<10} {language}   {name}   {len(model.asked):>9} {tokens['link']:>6}"
                f" {tokens['digest']:>7} {tokens['repair']:>8} {total:>7} {told.told:>9}"
                f" {told.refused:>8}"
            )
    return is_enough


async def measure_all(shared: Path, links: int) -> bool:
    print("style      lang model  questions  links   prose  repairs  all in  by model  refused")
    is_enough = True
    for language in SETS:
        with tempfile.TemporaryDirectory() as folder:
            filled = Path(folder) / "filled.db"
            await fill(filled, read_pages(shared, language, links))
            is_enough &= await measure(filled, language)
    print(f"wanted: at most {WANTED:,} in all; anchor: {ANCHOR:,}")
    return is_enough


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=ROOT.parent / "shared")
    parser.add_argument("--links", type=int, default=90)
    chosen = parser.parse_args()
    return 0 if asyncio.run(measure_all(chosen.shared, chosen.links)) else 1


if __name__ == "__main__":
    raise SystemExit(main())
