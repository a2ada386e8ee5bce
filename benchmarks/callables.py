"""What the evaluators call: thin calls of the code that users run."""

from typing import Any


def summarise(title: str, sentences: list[str], lang: str, n: int) -> list[int]:
    from bot.text.extractive import select_sentences
    from bot.text.languages import Language

    return select_sentences(title, sentences, language=Language(lang), limit=n)


def extract(html: bytes, url: str) -> dict[str, str]:
    from adapters.fetching.article import read_article
    from adapters.fetching.charsets import decode_text
    from bot.errors import FetchFailed

    try:
        page = read_article(decode_text(html), url)
    except FetchFailed:
        return {"text": "", "title": ""}
    return {"text": page.text, "title": page.title}


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
