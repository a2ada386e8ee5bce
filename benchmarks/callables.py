"""What the evaluators call: thin calls of the code that users run."""


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
