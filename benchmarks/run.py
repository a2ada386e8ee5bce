"""Measure everything on the shared data and print it beside its anchor.

    python -m benchmarks.run [--shared ../shared] [--only imports,kinds,summaries,answers]

Needs the extra packages of `pip install -e '.[benchmark]'`. Times are of this machine, in this run;
scores are not.
"""

from __future__ import annotations

import argparse
import base64
import contextlib
import gzip
import importlib
import io
import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from operator import itemgetter
from pathlib import Path
from typing import Any

from benchmarks import callables

ROOT = Path(__file__).parent.parent

# Best lexical anchor without an extra, "FTS5 script-split bigrams + EN stem": nDCG@10.
RETRIEVAL = {
    "ko_dev": 0.608,
    "ko_tech": 0.639,
    "xl_docs": 0.203,
    "en_dev": 0.858,
    "en_cranfield": 0.377,
    "en_papers": 0.917,
}
# Best of two anchors: right document, answer inside the snippet, AUROC, refused at 90 % kept.
ANSWERS = {
    "ko_dev": (0.434, 0.469, 0.751, 0.465),
    "en_dev": (0.752, 0.606, 0.851, 0.625),
}
# Best single anchor (TextRank by overlap with a lead and title prior): ROUGE-1, selection F1.
SUMMARIES: dict[str, tuple[float, float | None]] = {
    "ko_scinews": (0.661, 0.558),
    "ko_xsum": (0.259, None),
    "ko_techblog": (0.271, None),
    "en_bbc": (0.810, 0.745),
    "en_scitldr": (0.377, None),
    "en_longpaper": (0.483, None),
}
SUMMARIES_MEAN = 0.485
SHARE_OF_ANCHOR = 0.97
PAGES = {"aeb": 0.962, "trafeval": 0.917, "ko_pages": 0.936}


@dataclass(frozen=True, slots=True)
class Row:
    what: str
    measured: float
    wanted: float | None
    note: str = ""

    @property
    def verdict(self) -> str:
        if self.wanted is None:
            return ""
        return "ok" if self.measured >= self.wanted else "short"


def retrieval(shared: Path) -> Iterator[Row]:
    evaluate = _evaluator("eval_retrieval").evaluate
    for name, anchor in RETRIEVAL.items():
        result = evaluate(f"{shared}/bench/data/retrieval/{name}", callables.retriever)
        score = result["scores"]["ALL"]["ndcg10"]
        note = f"index {result['index_s']} s, p95 {result['lat_ms_p95']} ms"
        yield Row(f"nDCG@10 {name}", score, anchor, note)


def answers(shared: Path) -> Iterator[Row]:
    for name, anchors in ANSWERS.items():
        script = shared / "bench/scripts/eval_qa.py"
        data = shared / "bench/data/retrieval" / name
        engine = "benchmarks.callables:answerer"
        command = [sys.executable, str(script), "--data", str(data), "--engine", engine]
        printed = subprocess.run(
            command, check=True, capture_output=True, text=True, cwd=ROOT
        ).stdout
        result = json.loads(printed.strip().splitlines()[-1])
        keys = ("doc_acc", "contain@300", "auroc", "abst@90")
        for key, anchor in zip(keys, anchors, strict=True):
            yield Row(f"{key} {name}", result[key], anchor, f"{result['ms']} ms a question")


def summaries(shared: Path) -> Iterator[Row]:
    evaluate = _evaluator("eval_summ").evaluate
    scores = []
    for name, (anchor, selection) in SUMMARIES.items():
        result = evaluate(f"{shared}/bench/data/summ/{name}.jsonl.gz", callables.summarise)
        scores.append(result["rouge1"])
        note = f"{result['ms_per_doc']} ms a document"
        yield Row(f"ROUGE-1 {name}", result["rouge1"], round(anchor * SHARE_OF_ANCHOR, 4), note)
        if selection is not None:
            yield Row(f"selection F1 {name}", result["sel_f1"], selection)
    yield Row("ROUGE-1 mean", round(sum(scores) / len(scores), 4), SUMMARIES_MEAN)


def kinds(shared: Path) -> Iterator[Row]:
    from benchmarks import train_link_kind

    links = shared / "bench/data/linktype/links.jsonl.gz"
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        train_link_kind.cross_validate(train_link_kind.read_examples(links))
    line = next(line for line in printed.getvalue().splitlines() if line.startswith("all "))
    accuracy, macro = re.findall(r"(?:accuracy|macro-F1) ([\d.]+)", line)
    yield Row("link kind accuracy", float(accuracy), 0.88, "cross-validated by site")
    yield Row("link kind macro-F1", float(macro), 0.87, "cross-validated by site")


def imports(shared: Path) -> Iterator[Row]:
    misc = _evaluator("eval_misc")
    gold, seeds = shared / "bench/data/imports/seed_gold", shared / "seeds"
    archive = callables.import_archive(next(seeds.glob("001_*")).read_text(encoding="utf-8"))
    result = misc.links_eval(
        json.loads((gold / "001_items.json").read_text(encoding="utf-8")), archive
    )
    yield from _links("study archive", result, "label")
    sections = json.loads((gold / "002_sections.json").read_text(encoding="utf-8"))
    wanted = [
        {"title": title, "url": url, "category": each["category"]}
        for each in sections
        for title, url in each["sources"]
    ]
    report = callables.import_report(next(seeds.glob("002_*")).read_text(encoding="utf-8"))
    yield from _links("daily report", misc.links_eval(wanted, report), "category")
    clean = (gold / "000_clean_utf8.md").read_text(encoding="utf-8")
    repaired = callables.repair(next(seeds.glob("000_*")).read_bytes())
    yield Row("repair: Korean words", _share_of_words(clean, repaired), 0.99)
    yield Row("repair: links", _share_of_words(clean, repaired, r"https?://\S+"), 1.0)
    yield Row("repair: headings", _share_of_words(clean, repaired, r"(?m)^#.*$"), 1.0)


def pages(shared: Path) -> Iterator[Row]:
    evaluate = _evaluator("eval_extract").evaluate
    for name, anchor in PAGES.items():
        result = evaluate(f"{shared}/bench/data/extract/{name}.jsonl.gz", callables.extract)
        yield Row(f"extraction F1 {name}", result["f1"], anchor, f"{result['ms_mean']} ms a page")
    yield from _titles_and_dates(shared / "bench/data/extract")


def _titles_and_dates(folder: Path) -> Iterator[Row]:
    """Measure by halves: what is mended is looked for in the first alone."""
    halves: tuple[list[dict[str, Any]], ...] = ([], [])
    for name in PAGES:
        with gzip.open(folder / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
            examples = sorted(map(json.loads, lines), key=itemgetter("id"))
        for number, example in enumerate(each for each in examples if each.get("title")):
            page = gzip.decompress(base64.b85decode(example["html_b85gz"]))
            halves[number % 2].append(example | {"got": callables.extract(page, example["url"])})
    for half, examples in zip(("first half", "second half"), halves, strict=True):
        for what, wanted, is_right in (("title", 0.98, _is_title), ("date", 0.90, _is_date)):
            given = [each for each in examples if each.get(what)]
            right = sum(is_right(each["got"][what], each[what]) for each in given)
            yield Row(f"{what}s, {half}", right / len(given), wanted, f"{right} of {len(given)}")


def _is_title(got: str, wanted: str) -> bool:
    got, wanted = (" ".join(text.split()).casefold() for text in (got, wanted))
    return got == wanted or (len(wanted) > 4 and wanted in got)


def _is_date(got: str, wanted: str) -> bool:
    return got[:10] == wanted[:10]


SECTIONS: dict[str, Callable[[Path], Iterator[Row]]] = {
    "imports": imports,
    "kinds": kinds,
    "summaries": summaries,
    "retrieval": retrieval,
    "answers": answers,
    "pages": pages,
}


def _links(name: str, result: dict[str, Any], label: str) -> Iterator[Row]:
    precision, recall, _ = result["url_prf"]
    note = f"{result['got']} found, {result['gold']} in the gold"
    yield Row(f"{name}: precision", precision, 1.0, note)
    yield Row(f"{name}: recall", recall, 1.0)
    yield Row(f"{name}: titles", result["title_acc_on_hits"], 1.0)
    yield Row(f"{name}: {label}", result[f"{label}_acc_on_hits"], 1.0)


def _share_of_words(clean: str, repaired: str, pattern: str = "[가-힣]{2,}") -> float:
    wanted, got = (Counter(re.findall(pattern, text)) for text in (clean, repaired))
    return round((wanted & got).total() / wanted.total(), 4)


def _evaluator(name: str) -> Any:
    return importlib.import_module(name)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--shared", type=Path, default=ROOT.parent / "shared")
    parser.add_argument("--only", default=",".join(SECTIONS))
    arguments = parser.parse_args()
    shared = arguments.shared.resolve()
    sys.path.insert(0, str(shared / "bench/scripts"))
    print(f"{'what':34}{'measured':>10}{'wanted':>10}         note")
    for section in arguments.only.split(","):
        for row in SECTIONS[section](shared):
            wanted = "" if row.wanted is None else f"{row.wanted:.4f}"
            print(
                f"{row.what:34}{row.measured:10.4f}{wanted:>10}  {row.verdict:6} {row.note}",
                flush=True,
            )


if __name__ == "__main__":
    main()
