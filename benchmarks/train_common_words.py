"""Count which words are common and which only name, for bot/text/common_words.xz.

usage: python -m benchmarks.train_common_words SHARED_DIR

Reads the corpora of the retrieval sets and pages below SHARED_DIR. What stands on pages of the half
that the guard is measured on stays out. A Korean noun is common if a morphological analyser
mostly calls it so rather than a name; an English word if it mostly stands in lower case inside
sentences. Needs the extra `benchmark`.
"""

import gzip
import json
import math
import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import Stemmer
from kiwipiepy import Kiwi

from benchmarks.guard.pages import HALVES, read_pages
from bot.text import common_words

TARGET = Path(common_words.__file__).with_name(common_words.DATA_FILE)
CORPORA = {
    "ko": ("ko_dev", "ko_tech"),
    "en": ("en_dev", "en_papers", "en_cranfield", "xl_docs"),
}
LEAST_DOCUMENTS = {"ko": 1, "en": 3}
LEAST_PREDICATES = 2
# "apple" is a word and "Apple" a name; what stands in capitals more often than this only names.
MOST_CAPITALS = 0.3

_BEGIN_CHARS = 40
_INSIDE = re.compile(r"(?<=[a-z,;] )[A-Za-z][a-z]+(?![\w-])")
_HANGUL = re.compile(r"[가-힣]+")
_PREDICATES = ("VV", "VA", "VX", "VC", "XSV", "XSA")


def main(shared_dir: str) -> None:
    data = Path(shared_dir) / "bench/data"
    english = _count_english(_read_texts(data, "en"))
    nouns, predicates = _count_korean(list(_read_texts(data, "ko")))
    packed = common_words.dump_common_words(
        common_words.CommonWords(english, nouns, frozenset(predicates))
    )
    TARGET.write_bytes(packed)
    counts = f"{len(english):,} English, {len(nouns):,} nouns, {len(predicates):,} predicates"
    print(f"{counts}, {len(packed):,} bytes")


def _count_english(texts: Iterator[str]) -> dict[str, int]:
    stem = Stemmer.Stemmer("english").stemWord
    lower: Counter[str] = Counter()
    capital: Counter[str] = Counter()
    for text in texts:
        words = set(_INSIDE.findall(text))
        lower.update({stem(word) for word in words if word.islower()})
        capital.update({stem(word.lower()) for word in words if not word.islower()})
    return {
        word: _level(count, "en")
        for word, count in lower.items()
        if count >= LEAST_DOCUMENTS["en"]
        and capital[word] <= MOST_CAPITALS * (count + capital[word])
    }


def _count_korean(texts: list[str]) -> tuple[dict[str, int], set[str]]:
    nouns: Counter[str] = Counter()
    names: Counter[str] = Counter()
    predicates: Counter[str] = Counter()
    for tokens, text in Kiwi(num_workers=1).tokenize(texts, echo=True):
        common, proper, begins = set(), set(), set()
        words: dict[tuple[int, int], list[Any]] = {}
        for token in tokens:
            words.setdefault((token.sent_position, token.word_position), []).append(token)
            if _HANGUL.fullmatch(token.form):
                if token.tag == "NNP":
                    proper.add(token.form)
                elif token.tag[0] == "N" or token.tag in ("XR", "MAG", "MAJ", "MM"):
                    common.add(token.form)
        for parts in words.values():
            written = text[parts[0].start : parts[-1].end]
            is_predicate = parts[0].tag.startswith(_PREDICATES)
            if is_predicate and len(written) > 1 and _HANGUL.fullmatch(written):
                begins.add(written[:2])
        nouns.update(common)
        names.update(proper)
        predicates.update(begins)
    least = LEAST_DOCUMENTS["ko"]
    levels = {
        word: _level(count, "ko")
        for word, count in nouns.items()
        if len(word) > 1 and count >= least and count >= names[word]
    }
    return levels, {begin for begin, count in predicates.items() if count >= LEAST_PREDICATES}


def _level(documents: int, language: str) -> int:
    return round(math.log2(documents / LEAST_DOCUMENTS[language]))


def _read_texts(data: Path, language: str) -> Iterator[str]:
    pages = read_pages(data.parent.parent)
    measured = "".join(_squeeze(page.text) for page in pages if page.half == HALVES[1])
    for name in CORPORA[language]:
        for each in _read(data, f"retrieval/{name}/corpus.jsonl.gz"):
            middle = _squeeze(each["text"])[_BEGIN_CHARS : 2 * _BEGIN_CHARS]
            if not middle or middle not in measured:
                yield each["text"]
    yield from (page.text for page in pages if page.half == HALVES[0] and page.language == language)


def _squeeze(text: str) -> str:
    return re.sub(r"\W", "", text)


def _read(data: Path, pattern: str) -> Iterator[dict[str, Any]]:
    for path in sorted(data.glob(pattern)):
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            yield from map(json.loads, lines)


if __name__ == "__main__":
    main(sys.argv[1])
