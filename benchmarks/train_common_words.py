"""Count which words are common and which only name, for bot/text/common_words.xz.

usage: python -m benchmarks.train_common_words SHARED_DIR [KOREAN_DIR ...]

Reads the corpora of the retrieval sets and pages below SHARED_DIR, and Korean Markdown below each
KOREAN_DIR, such as checkouts of translated documentation (the shipped data was made with
ko.react.dev 2e8c873c, tech-interview-for-developer 7ce87527, chapters/ko of Hugging Face's course
16af5667 and docs/ko of fastapi c3f316b7). What stands on pages of the half that the guard is
measured on, or in what people wrote of them, stays out.

A Korean noun is common if a morphological analyser mostly calls it so rather than a name, or if it
is used as names are not: of several, with "every" before it, or made into a verb. An English word
is common if it mostly stands in lower case inside sentences. Needs the extra `benchmark`.
"""

import gzip
import json
import math
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import Stemmer
from kiwipiepy import Kiwi

from benchmarks.guard.pages import HALVES, Page, read_pages
from bot.text import common_words

TARGET = Path(common_words.__file__).with_name(common_words.DATA_FILE)
CORPORA = {
    "ko": ("ko_dev", "ko_tech"),
    "en": ("en_dev", "en_papers", "en_cranfield", "xl_docs"),
}
LEAST_DOCUMENTS = {"ko": 1, "en": 3}
LEAST_PREDICATES = 2
# An analyser takes loanwords that it does not know for names. Names do not stand as in "두 레이어",
# "레이어들" and "컴파일하다", but for this share of slips.
LEAST_COUNTED = 2
MOST_SLIPS = 0.02
# In so many passages of the further folders, which count for whether a word is common at all and
# not for how common it is: they are about computers only.
LEAST_EXTRA = 2
# "apple" is a word and "Apple" a name; what stands in capitals more often than this only names.
MOST_CAPITALS = 0.3

_TELLING_CHARS = 25
_INSIDE = re.compile(r"(?<=[a-z,;] )[A-Za-z][a-z]+(?![\w-])")
_HANGUL = re.compile(r"[가-힣]+")
_COUNTERS = frozenset("각 모든 여러 어떤 두 세 네 몇 매 수많은".split())  # noqa: SIM905
_CODE = re.compile(r"^(```|~~~).*?^\1|`[^`\n]*`|<[^>\n]*>|\]\([^)\n]*\)", re.MULTILINE | re.DOTALL)
_PASSAGE_CHARS = 700
_SUFFIXES = (".md", ".mdx", ".rst")
_PREDICATES = ("VV", "VA", "VX", "VC", "XSV", "XSA")


def main(shared_dir: str, *korean_dirs: str) -> None:
    data = Path(shared_dir) / "bench/data"
    english = _count_english(_read_texts(data, "en"))
    own = _count_korean(_read_texts(data, "ko"))
    extra = _count_korean(_read_markdown(data, korean_dirs))
    together = own.add(extra)
    nouns = {
        word: _level(max(1, own.nouns[word] + own.names[word]), "ko")
        for word in together.common()
        if word in own.nouns or word in own.names or together.documents(word) >= LEAST_EXTRA
    }
    predicates = {
        begin for begin, count in together.predicates.items() if count >= LEAST_PREDICATES
    }
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


@dataclass(frozen=True)
class _Korean:
    """In how many texts each word stands: as a noun, a name, a name that is counted."""

    nouns: Counter[str] = field(default_factory=Counter)
    names: Counter[str] = field(default_factory=Counter)
    counted: Counter[str] = field(default_factory=Counter)
    predicates: Counter[str] = field(default_factory=Counter)

    def add(self, other: "_Korean") -> "_Korean":
        return _Korean(
            self.nouns + other.nouns,
            self.names + other.names,
            self.counted + other.counted,
            self.predicates + other.predicates,
        )

    def documents(self, word: str) -> int:
        return self.nouns[word] + self.names[word]

    def common(self) -> Iterator[str]:
        for word in sorted({*self.nouns, *self.counted}):
            least = max(LEAST_COUNTED, MOST_SLIPS * self.names[word])
            is_noun = self.nouns[word] >= max(LEAST_DOCUMENTS["ko"], self.names[word])
            if len(word) > 1 and (is_noun or self.counted[word] >= least):
                yield word


def _count_korean(texts: Iterable[str]) -> _Korean:
    found = _Korean()
    for tokens, text in Kiwi(num_workers=1).tokenize(texts, echo=True):
        words: dict[tuple[int, int], list[Any]] = {}
        for token in tokens:
            words.setdefault((token.sent_position, token.word_position), []).append(token)
        hangul = [token for token in tokens if _HANGUL.fullmatch(token.form)]
        found.names.update({token.form for token in hangul if token.tag == "NNP"})
        found.nouns.update({token.form for token in hangul if _is_noun(token.tag)})
        found.counted.update(_counted(list(words.values())))
        found.predicates.update(_begins(words.values(), text))
    return found


def _is_noun(tag: str) -> bool:
    return tag != "NNP" and (tag[0] == "N" or tag in ("XR", "MAG", "MAJ", "MM"))


def _counted(words: list[list[Any]]) -> set[str]:
    """Return the names that are used as names are not: 두 레이어, 레이어들, 컴파일하다."""
    found: set[str] = set()
    for before, (first, *rest) in pairwise([[], *words]):
        is_verb = bool(rest) and rest[0].tag in ("XSV", "XSA")
        is_alone = first.tag == "NNP" and (
            not rest or rest[0].tag[0] == "J" or rest[0].form == "들"
        )
        is_several = bool(rest) and rest[0].form == "들"
        is_each = len(before) == 1 and before[0].form in _COUNTERS and bool(rest)
        is_counted = is_alone and (is_several or is_each)
        if (is_counted or (first.tag == "NNP" and is_verb)) and _HANGUL.fullmatch(first.form):
            found.add(first.form)
    return found


def _begins(words: Iterable[list[Any]], text: str) -> set[str]:
    written = (
        text[parts[0].start : parts[-1].end]
        for parts in words
        if parts[0].tag.startswith(_PREDICATES)
    )
    return {each[:2] for each in written if len(each) > 1 and _HANGUL.fullmatch(each)}


def _level(documents: int, language: str) -> int:
    return round(math.log2(documents / LEAST_DOCUMENTS[language]))


def _read_texts(data: Path, language: str) -> Iterator[str]:
    pages = read_pages(data.parent.parent)
    measured = _Measured(pages)
    for name in CORPORA[language]:
        for each in _read(data, f"retrieval/{name}/corpus.jsonl.gz"):
            if not measured.has(each["text"]):
                yield each["text"]
    yield from (page.text for page in pages if page.half == HALVES[0] and page.language == language)


def _read_markdown(data: Path, folders: Iterable[str]) -> Iterator[str]:
    measured = _Measured(read_pages(data.parent.parent))
    for folder in folders:
        for path in sorted(each for each in Path(folder).rglob("*") if each.suffix in _SUFFIXES):
            text = _CODE.sub(" ", path.read_text(encoding="utf-8", errors="replace"))
            lines = [line for line in text.split("\n") if _HANGUL.search(line)]
            for passage in _wrap(lines, _PASSAGE_CHARS):
                if not measured.has(passage):
                    yield passage


def _wrap(lines: Iterable[str], size: int) -> Iterator[str]:
    passage = ""
    for line in lines:
        passage = f"{passage}\n{line}".strip()
        if len(passage) >= size:
            yield passage
            passage = ""
    if passage:
        yield passage


class _Measured:
    """What stands on the pages that the guard is measured on, and in what people wrote of them."""

    def __init__(self, pages: Iterable[Page]) -> None:
        self._text = "\n".join(
            _squeeze(text)
            for page in pages
            if page.half != HALVES[0]
            for text in (page.text, *page.written)
        )

    def has(self, text: str) -> bool:
        """Tell by its lines: passages of one text are cut in other places."""
        lines = (_squeeze(line) for line in re.split(r"\n|(?<=[.?!다요]) ", text))
        return any(len(line) >= _TELLING_CHARS and line in self._text for line in lines)


def _squeeze(text: str) -> str:
    return re.sub(r"\W", "", text)


def _read(data: Path, pattern: str) -> Iterator[dict[str, Any]]:
    for path in sorted(data.glob(pattern)):
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            yield from map(json.loads, lines)


if __name__ == "__main__":
    main(*sys.argv[1:])
