"""What the evaluators call: thin calls of the code that users run."""


def summarise(title: str, sentences: list[str], lang: str, n: int) -> list[int]:
    from bot.text.extractive import select_sentences
    from bot.text.languages import Language

    return select_sentences(title, sentences, language=Language(lang), limit=n)
