"""Fetch hostile cases made of a seed, and print what became of each family.

    python -m benchmarks.hostile [--count 300] [--seed 1] [--all]

It ends with 1 if a forbidden address was asked, a process went over its limits, or a case has no
reason that people can read.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
from collections import Counter, defaultdict

from adapters.parsing import ParsingLimits
from benchmarks.hostile.checking import complaints_of
from benchmarks.hostile.making import make_cases
from benchmarks.hostile.running import Outcome, Report, run_cases


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--all", action="store_true", help="a line for every case")
    asked = parser.parse_args()
    seed = random.randrange(1 << 32) if asked.seed is None else asked.seed
    print(f"seed {seed}")
    cases = make_cases(seed, asked.count)
    report = asyncio.run(run_cases(cases, limits=ParsingLimits()))
    if asked.all:
        for each in report.outcomes:
            name = f"{each.case.family:9} {each.case.form:26}"
            print(f"{each.seconds:6.2f} s  {name} {each.detail[:80]}")
    _print_table(report)
    complaints = complaints_of(report)
    print("\n".join(complaints) or "nothing forbidden was asked, nothing went over its limits")
    sys.exit(1 if complaints else 0)


def _print_table(report: Report) -> None:
    groups: dict[tuple[str, str], list[Outcome]] = defaultdict(list)
    for each in report.outcomes:
        groups[each.case.family, each.case.form].append(each)
    for (family, form), outcomes in sorted(groups.items()):
        reasons = Counter(each.reason or "(read)" for each in outcomes).most_common()
        told = ", ".join(f"{reason} {count}" for reason, count in reasons)
        slowest = max(each.seconds for each in outcomes)
        print(f"{family:9} {form:26} {len(outcomes):4} {slowest:6.2f} s  {told}")
    print(
        f"{len(report.outcomes)} cases; asked of forbidden addresses: {len(report.forbidden)}; "
        f"over their limits: {len(report.beyond)}; largest process {report.peak_bytes >> 20} MB"
    )


if __name__ == "__main__":
    main()
