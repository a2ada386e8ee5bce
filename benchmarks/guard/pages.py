"""The pages, in two halves: one to tune on and one that is only measured."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zlib import crc32

from bot.text.extractive import select_sentences
from bot.text.languages import Language, detect_language
from bot.text.sentences import split_sentences

HALVES = ("tuned on", "held out")
_SUMMARIES = ("en_scitldr", "en_longpaper", "en_bbc", "ko_scinews", "ko_techblog", "ko_xsum")
_PAGES = ("aeb", "ko_pages")
_MOST_CHARS = 20_000
_FEWEST_CHARS = 300
_READABLE = range(30, 320)
_NO_PROSE = re.compile(r"^(```|~~~).*?^\1|<[^>\n]*>|!\[[^\]\n]*\]\([^)\n]*\)", re.M | re.S)
_LATIN = re.compile(r"[a-z][a-z0-9_]{2,}")
_FEWEST_LATIN, _LATIN_IN_BOTH = 3, 0.8
_LINKED = re.compile(r"\[([^\]\n]*)\]\([^)\n]*\)")
_PROSE = re.compile(r"[.!?다요죠음함임됨]\W*$")


@dataclass(frozen=True, slots=True)
class Page:
    """`written`: what people wrote of it: summaries, or the same section in the other language."""

    id: str
    kind: str
    language: Language
    title: str
    text: str
    sentences: tuple[str, ...]
    written: tuple[str, ...] = ()
    written_language: Language | None = None

    @property
    def half(self) -> str:
        return HALVES[crc32(self.id.encode()) % 2]


def read_pages(shared: Path) -> list[Page]:
    data = shared / "bench/data"
    found = [*_read_summaries(data), *_read_articles(data), *_read_sections(data)]
    return [page for page in found if len(page.sentences) > 1]


def _read_summaries(data: Path) -> Iterator[Page]:
    for name in _SUMMARIES:
        for each in _read(data / f"summ/{name}.jsonl.gz"):
            text = "\n".join(each["sentences"])[:_MOST_CHARS]
            if len(text) >= _FEWEST_CHARS:
                yield _make(each["id"], name, each["title"], text, tuple(each["refs"]))


def _read_articles(data: Path) -> Iterator[Page]:
    for name in _PAGES:
        for each in _read(data / f"extract/{name}.jsonl.gz"):
            text = each["gold"][:_MOST_CHARS]
            if len(text) >= _FEWEST_CHARS and (name == "ko_pages" or text.isascii()):
                yield _make(str(each["id"]), name, each.get("title") or "", text)


def _read_sections(data: Path) -> Iterator[Page]:
    """Pair the Korean and the English section that one heading leads to."""
    korean, english = (
        {each["id"]: each for each in _read(data / f"retrieval/{name}/corpus.jsonl.gz")}
        for name in ("ko_tech", "xl_docs")
    )
    to_korean, to_english = (
        _read_pairs(data / f"retrieval/{name}/qrels.tsv.gz") for name in ("ko_tech", "xl_docs")
    )
    for query in sorted(set(to_korean) & set(to_english)):
        translation, original = korean.get(to_korean[query]), english.get(to_english[query])
        if translation and original and len(original["text"]) >= _FEWEST_CHARS:
            yield _make(
                f"{query}",
                "translated",
                original["title"],
                original["text"][:_MOST_CHARS],
                (translation["text"],),
            )


def read_translated(korean_dir: Path, english_dir: Path) -> list[Page]:
    """Pair the sections of Markdown that has the same path in both folders.

    Sections are paired by their places; where one file has more, the whole files are. A section
    with Latin words that the other lacks is no translation of it, or of an older one.
    """
    found = []
    for path in sorted(korean_dir.rglob("*.md*")):
        other = english_dir / path.relative_to(korean_dir)
        if not other.is_file():
            continue
        korean, english = _read_markdown(path), _read_markdown(other)
        if len(korean) != len(english):
            korean, english = ["\n".join(korean)], ["\n".join(english)]
        for number, (translation, original) in enumerate(zip(korean, english, strict=True)):
            is_whole = detect_language(translation) is Language.KO and len(translation) > 100
            if is_whole and _is_same(translation, original) and len(original) >= _FEWEST_CHARS:
                title = original.split("\n", 1)[0].lstrip("# ")
                key = f"{other.relative_to(english_dir)} {number}"
                text = original[:_MOST_CHARS]
                found.append(_make(key, "translated", title, text, (translation,)))
    return [page for page in found if len(page.sentences) > 1 and page.language is Language.EN]


def _is_same(translation: str, original: str) -> bool:
    words, others = (set(_LATIN.findall(text.casefold())) for text in (translation, original))
    return len(words) >= _FEWEST_LATIN and len(words & others) >= _LATIN_IN_BOTH * len(words)


def _read_markdown(path: Path) -> list[str]:
    text = _NO_PROSE.sub(" ", path.read_text(encoding="utf-8", errors="replace"))
    text = _LINKED.sub(r"\1", text).replace("`", "").replace("**", "")
    return re.split(r"\n(?=#)", text)


def _read_pairs(path: Path) -> dict[str, str]:
    lines = gzip.decompress(path.read_bytes()).decode().splitlines()
    return dict(line.split("\t")[:2] for line in lines)


def _make(key: str, kind: str, title: str, text: str, written: tuple[str, ...] = ()) -> Page:
    language = detect_language(text)
    sentences = [each for each in dict.fromkeys(split_sentences(text)) if is_prose(each, language)]
    best = select_sentences(title, sentences, language=language, limit=12)
    return Page(
        f"{kind} {key}",
        kind,
        language,
        title,
        text,
        tuple(sentences[index] for index in best),
        written,
        detect_language(written[0]) if written else None,
    )


def is_prose(sentence: str, language: Language) -> bool:
    """Tell a sentence that somebody may put into a summary from code, lists and headings."""
    letters = sum(map(str.isalpha, sentence))
    return (
        len(sentence) in _READABLE
        and letters * 10 > len(sentence.replace(" ", "")) * 7
        and detect_language(sentence) is language
        and (_PROSE.search(sentence) is not None)
        and not sentence.rstrip().endswith((":", ",", ";"))
        and sentence.count('"') % 2 == 0
        and all(sentence.count(a) == sentence.count(b) for a, b in ("“”", "()", "[]"))
        and "http" not in sentence
        and len(sentence.split()) > 4
    )


def _read(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            each = json.loads(line)
            if "gold" in each or "text" in each or "refs" in each:
                yield each
