"""Print how many clean and faulty outputs the guard refuses, on both halves of the pages.

python -m benchmarks.guard [--shared ../shared] [--count 200] [--seed 1] [--show FAULT|clean]
    [--only faults|turns] [--translated KOREAN ENGLISH]
"""

from __future__ import annotations

import argparse
import random
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

from benchmarks.guard.clean import Output, make_clean
from benchmarks.guard.faults import FAULTS, Make, Setting
from benchmarks.guard.inventions import PROMPT
from benchmarks.guard.pages import HALVES, Page, read_pages, read_translated
from benchmarks.guard.turned import make_turned
from benchmarks.guard.turns import TURNS
from bot.domain.guard import Guard, Judgement
from bot.text.languages import Language

ROOT = Path(__file__).parent.parent.parent
WANTED_REFUSED, MOST_CLEAN_REFUSED = 0.98, 0.02
# So many of the clean outputs at least are people's own words or said otherwise than the page.
LEAST_IN_OTHER_WORDS = 0.75


def judge(output: Output) -> Judgement:
    guard = Guard(output.sources, language=output.language, prompt=PROMPT)
    return guard.judge(output.statements)


def collect_clean(pages: Sequence[Page], *, seed: int, count: int) -> list[Output]:
    """Return as many outputs, a quarter of each kind as far as there are so many pages."""
    chance = random.Random(seed)
    by_kind: defaultdict[str, list[Output]] = defaultdict(list)
    for page in chance.sample(pages, len(pages)):
        for output in make_clean(page, chance):
            by_kind[output.kind].append(output)
    chosen: list[Output] = []
    verbatim = by_kind.pop("of the page")
    while len(chosen) < count * LEAST_IN_OTHER_WORDS and any(by_kind.values()):
        for outputs in by_kind.values():
            if outputs and len(chosen) < count * LEAST_IN_OTHER_WORDS:
                chosen.append(outputs.pop())
    return [*chosen, *verbatim[: count - len(chosen)]]


def collect_faulty(
    clean: Sequence[Output], make: Make, setting: Setting, *, count: int
) -> Iterator[Output]:
    found = 0
    while found < count:
        if (faulty := make(setting.chance.choice(clean), setting)) is not None:
            found += 1
            yield faulty


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--shared", type=Path, default=ROOT.parent / "shared")
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--show", help="print the outputs of this row that went wrong")
    parser.add_argument("--only", choices=("faults", "turns"), help="only these rows")
    parser.add_argument("--half", choices=HALVES, help="only this one")
    parser.add_argument(
        "--translated",
        type=Path,
        nargs=2,
        metavar=("KOREAN", "ENGLISH"),
        help="only Markdown of the same names in two folders, such as translated documentation",
    )
    arguments = parser.parse_args()
    if arguments.translated:
        pages = read_translated(*arguments.translated)
        print(f"translated: {len(pages)} sections")
        _measure(pages, HALVES[1], arguments)
        return
    pages = read_pages(arguments.shared.resolve())
    for half in [arguments.half] if arguments.half else HALVES:
        own = [page for page in pages if page.half == half]
        print(f"{half}: {len(own)} pages")
        _measure(own, half, arguments)


def _measure(pages: Sequence[Page], half: str, arguments: argparse.Namespace) -> None:
    clean = collect_clean(pages, seed=arguments.seed, count=arguments.count)
    started = time.perf_counter()
    refused = [output for output in clean if not judge(output).is_accepted]
    spent_ms = (time.perf_counter() - started) * 1000 / len(clean)
    share = len(refused) / len(clean)
    verdict = "ok" if share <= MOST_CLEAN_REFUSED else "too many"
    print(
        f"  {'clean':22}{share:7.1%} refused  {verdict}   ({spent_ms:.1f} ms each, index and all)"
    )
    for kind, total in Counter(output.kind for output in clean).items():
        wrong = sum(output.kind == kind for output in refused)
        statements = [
            verdict for output in clean if output.kind == kind for verdict in judge(output).verdicts
        ]
        alone = sum(not verdict.is_accepted for verdict in statements)
        print(f"    {kind:24}{wrong:4} of {total}, {alone} of {len(statements)} statements")
    if arguments.show == "clean":
        _show(refused)
    if arguments.only != "turns":
        _measure_faults(pages, clean, half, arguments)
    if arguments.only != "faults":
        _measure_turns(pages, half, arguments)


def _measure_faults(
    pages: Sequence[Page], clean: Sequence[Output], half: str, arguments: argparse.Namespace
) -> None:
    for number, (name, make) in enumerate(FAULTS.items()):
        setting = Setting(random.Random(f"{arguments.seed} {half} {number}"), half, pages)
        faulty = list(collect_faulty(clean, make, setting, count=arguments.count))
        passed = [output for output in faulty if judge(output).is_accepted]
        share = 1 - len(passed) / len(faulty)
        verdict = "ok" if share >= WANTED_REFUSED else "too few"
        print(f"  {name:22}{share:7.1%} refused  {verdict}", flush=True)
        if arguments.show == name:
            _show(passed)


def _measure_turns(pages: Sequence[Page], half: str, arguments: argparse.Namespace) -> None:
    for name, turn in TURNS.items():
        chance = random.Random(f"{arguments.seed} {half} {name}")
        turned, kept = make_turned(turn, pages, half=half, chance=chance, count=arguments.count)
        passed = [output for output in turned if judge(output).is_accepted]
        refused = [output for output in kept if not judge(output).is_accepted]
        share, price = 1 - len(passed) / len(turned), len(refused) / len(kept)
        korean = [output for output in turned if output.language is Language.KO]
        missed = sum(output.language is Language.KO for output in passed)
        print(
            f"  {name:22}{share:7.1%} of {len(turned)} refused (Korean {len(korean) - missed} of"
            f" {len(korean)}), {price:5.1%} of {len(kept)} that say the same",
            flush=True,
        )
        if arguments.show == name:
            _show(passed)
        if arguments.show == f"same {name}":
            _show(refused)


def _show(outputs: Sequence[Output]) -> None:
    for output in outputs:
        found = judge(output)
        print(f"    -- {output.kind}, {output.language}: {output.page.title[:60]}")
        for verdict in found.verdicts:
            reasons = "; ".join(f"{each.fault}: {each.what}" for each in verdict.refusals)
            print(f"       {verdict.statement.text}  <{reasons}>")


if __name__ == "__main__":
    main()
