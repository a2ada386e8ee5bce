"""What the evaluators call: thin calls of the code that users run."""

from typing import Any


def summarise(title: str, sentences: list[str], lang: str, n: int) -> list[int]:
    from bot.text.extractive import select_sentences
    from bot.text.languages import Language

    return select_sentences(title, sentences, language=Language(lang), limit=n)


def extract(html: bytes, url: str) -> dict[str, str]:
    from adapters.fetching.charsets import decode_text
    from adapters.fetching.documents.article import parse_article
    from bot.errors import FetchFailed

    try:
        page = parse_article(decode_text(html), url)
    except FetchFailed:
        return {"text": "", "title": "", "date": ""}
    day = page.published_at.date().isoformat() if page.published_at else ""
    return {"text": page.text, "title": page.title, "date": day}


def link_kind(url: str, title: str) -> str:
    from bot.domain import kinds
    from bot.domain.models import Kind

    kind = kinds.link_kind(url, title)
    return "other" if kind is Kind.FUN else kind.value


class retriever:  # noqa: N801 - the evaluators call it like a function
    def __init__(self, corpus: list[dict[str, Any]]) -> None:
        from benchmarks.search_archive import SearchArchive

        self._archive = SearchArchive(corpus)

    def search(self, query: str, k: int) -> list[tuple[str, float]]:
        return [(str(hit.link), hit.score) for hit in self._archive.search(query, k)]

    def close(self) -> None:
        self._archive.close()


class answerer:  # noqa: N801 - the evaluators call it like a function
    def __init__(self, corpus: list[dict[str, Any]]) -> None:
        from benchmarks.search_archive import SearchArchive

        self._archive = SearchArchive(corpus)

    def answer(self, question: str) -> dict[str, Any]:
        """Return the first quote, also of a refusal: what people see of it are its hints."""
        answer = self._archive.answer(question)
        first = next(iter(answer.citations or answer.nearest), None)
        return {
            "text": first.quote if first else "",
            "doc": first.link if first else None,
            "confidence": answer.confidence,
        }

    def close(self) -> None:
        self._archive.close()


def feed_entries(data: bytes) -> list[dict[str, str]]:
    """Return all entries, also those without an address, of which nothing could be saved."""
    from adapters.fetching.feed_documents import take_apart
    from adapters.parsing import Download

    parts = take_apart(Download("https://feed.example/", "application/xml", "", data))
    return [{"title": each.title, "url": each.url} for each in parts.entries] if parts else []


def import_archive(text: str) -> list[dict[str, str]]:
    """Return what has a kind of its own; in a plain list of links, every entry and its guess."""
    from adapters.importers import study_archive
    from bot.domain import kinds
    from bot.domain.models import Kind

    entries = [link for link in study_archive.parse(text).links if link.url]
    linked = [item for entry in entries for item in (entry, *entry.related)]
    labels = {kind: kind.value for kind in Kind} | {Kind.FUN: "interesting"}
    marked = [item for item in linked if item.kind]
    return [
        {
            "title": item.title,
            "url": item.url,
            "label": labels[item.kind or kinds.link_kind(item.url, item.title)],
        }
        for item in marked or entries
    ]


def repair(data: bytes) -> str:
    from adapters.importers.decoding import decode
    from bot.text.repair import repair_text

    return repair_text(decode("", data).text).text


def import_report(text: str) -> list[dict[str, str]]:
    from adapters.importers import daily_report

    return [
        {"title": link.title, "url": link.url, "category": link.label}
        for link in daily_report.parse(text).links
    ]
