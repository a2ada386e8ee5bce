"""What a language model proposes as a concept of a source, held to that source."""

from __future__ import annotations

import re

from bot.domain.concepts import ConceptBook
from bot.domain.models import Concept
from bot.text.inline import plain
from bot.text.sentences import split_sentences
from bot.text.term_names import is_korean

_DEFINITION_CHARS = range(12, 301)
_MOST_NAME_CHARS = 80
_WORD = re.compile(r"[^\W_]+|[+#.]+")
_NO_PROSE = re.compile(r"https?://|www\.|[<>|{}\n]")


def accept_concept(proposed: Concept, *, source: str, known: ConceptBook) -> Concept | None:
    """Return the concept under the names that are known already, None if it is not of the source.

    Of its names those stay that the source says; none, and there is no concept. The definition
    is one sentence without links; its facts are for the guard to check. `known` may hold only what
    all who see the source may see: its names are shown beside it.
    """
    names = [name for name in (proposed.term, proposed.other_name) if occurs_in(name, source)]
    definition = plain(proposed.definition).strip()
    if not names or not _is_sentence(definition):
        return None
    term, other = (*names, "")[:2]
    return known.reuse_names(Concept(term.strip(), definition, other.strip()))


def occurs_in(name: str, text: str) -> bool:
    """Tell whether a text says a name, whatever its case, spaces, hyphens, plural or particle."""
    words = _WORD.findall(name)
    if not words or len(name) > _MOST_NAME_CHARS or not any(map(str.isalnum, "".join(words))):
        return False
    between = r"\s?" if is_korean(name) else r"[\s\-_.]*"
    spelt = between.join(map(re.escape, "".join(words) if is_korean(name) else words))
    pattern = rf"(?<![^\W_가-힣]){spelt}" if not is_korean(name) else rf"(?<![가-힣]){spelt}"
    end = "" if is_korean(name) else r"(?:e?s)?(?![^\W_가-힣])"
    return re.search(pattern + end, text, re.IGNORECASE) is not None


def _is_sentence(text: str) -> bool:
    if len(text) not in _DEFINITION_CHARS or _NO_PROSE.search(text):
        return False
    return len(split_sentences(text)) == 1
