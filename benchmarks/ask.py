"""Ask small archives, as people see the answers: right, wrongly refused, wrongly answered.

    python -m benchmarks.ask [--show] [--half tuning|testing]

Needs no shared data. `ask_questions.toml` says what each first quote must hold.
"""

from __future__ import annotations

import argparse
import asyncio
import re
import tempfile
import tomllib
from collections import Counter
from collections.abc import Iterator
from contextlib import AsyncExitStack
from pathlib import Path

from bot.bootstrap import App, open_app
from bot.config import Settings
from bot.domain.answers import Answer
from bot.domain.models import LOCAL
from bot.domain.visibility import OPERATOR

HERE = Path(__file__).parent
HALVES = ("tuning", "testing")
OUTCOMES = ("right", "another quote", "wrongly refused", "refused", "wrongly answered")

# Of one question: its half, the outcome, the answer.
Asked = tuple[str, str, str, Answer]


async def _fill(app: App, name: str) -> None:
    await app.storage.workspaces.ensure(LOCAL, name=name)
    if name == "sample":
        await app.sampling.load(LOCAL, channel="general", now=app.clock.now())
        return
    for path in (HERE / "ask_archive.md", HERE / "ask_notes.md"):
        await app.importing.import_document(LOCAL, app.open_document(path))


async def _ask(name: str, questions: dict[str, list[list[str]] | list[str]]) -> list[Asked]:
    asked: list[Asked] = []
    async with AsyncExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        settings = Settings.load({"JUBO_HOME": folder, "JUBO_DATABASE_URL": None})
        app = await stack.enter_async_context(open_app(settings))
        await _fill(app, name)
        for kind in ("answered", "never"):
            for number, each in enumerate(questions[kind]):
                question, says = (each, "") if isinstance(each, str) else each
                answer = await app.answering.answer(LOCAL, question, audience=OPERATOR)
                asked.append((HALVES[number % 2], _judge(answer, says), question, answer))
    return asked


def _judge(answer: Answer, says: str) -> str:
    if not answer.is_answered:
        return "wrongly refused" if says else "refused"
    if not says:
        return "wrongly answered"
    quote = re.sub(r"\s+", " ", answer.citations[0].quote)
    return "right" if says in quote else "another quote"


def _rows(asked: dict[str, list[Asked]]) -> Iterator[str]:
    yield f"{'':18}" + "".join(f"{outcome:>18}" for outcome in OUTCOMES)
    for half in HALVES:
        for name, results in asked.items():
            counts = Counter(outcome for where, outcome, *_ in results if where == half)
            yield f"{half + ' ' + name:18}" + "".join(f"{counts[each]:18}" for each in OUTCOMES)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--show", action="store_true", help="print what went wrong")
    parser.add_argument("--half", choices=HALVES, help="show one half only")
    arguments = parser.parse_args()
    raw = tomllib.loads((HERE / "ask_questions.toml").read_text(encoding="utf-8"))
    asked = {name: asyncio.run(_ask(name, questions)) for name, questions in raw.items()}
    print("\n".join(_rows(asked)))
    if arguments.show:
        for name, results in asked.items():
            for half, outcome, question, answer in results:
                if arguments.half in (None, half) and outcome not in ("right", "refused"):
                    first = next(iter(answer.citations or answer.nearest), None)
                    quote = first.quote[:90].replace("\n", " / ") if first else ""
                    print(f"{name} {half} {answer.confidence:.2f} {outcome}: {question} | {quote}")


if __name__ == "__main__":
    main()
