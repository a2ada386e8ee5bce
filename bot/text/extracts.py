"""The part of a long text that is read where all of it would be too much."""

from __future__ import annotations

from bot.text.extractive import summarise
from bot.text.languages import Language
from bot.text.token_counts import count_tokens, cut_to_tokens

_TOKENS_A_SENTENCE = 20  # the short ones: rather too many sentences first
_LEAST_SHARE = 0.5  # of what there is room for; with less the beginning says more


def extract(text: str, *, title: str, language: Language, tokens: int) -> str:
    """Return the whole text if it is short, else the sentences that sum it up, in their order."""
    if len(text) <= tokens and count_tokens(text) <= tokens:
        return text
    limit = max(1, tokens // _TOKENS_A_SENTENCE)
    while limit:
        chosen = " ".join(summarise(text, title=title, language=language, limit=limit))
        needed = count_tokens(chosen)
        if needed <= tokens:
            is_telling = needed >= tokens * _LEAST_SHARE
            return chosen if is_telling else cut_to_tokens(text, tokens)
        limit = min(limit - 1, limit * tokens // needed)
    return cut_to_tokens(text, tokens)
