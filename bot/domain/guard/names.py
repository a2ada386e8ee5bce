"""Names in prose that no source has."""

from __future__ import annotations

from collections.abc import Sequence

from bot.domain.guard.evidence import Evidence
from bot.domain.guard.korean_names import find_korean_names
from bot.domain.guard.latin_names import LatinNames
from bot.domain.guard.terms import Terms
from bot.text.languages import Language


def find_foreign_names(
    sentence: str, evidence: Sequence[Evidence], *, terms: Terms, language: Language
) -> list[str]:
    """Return the names of a sentence that no source has, as they are written, each once."""
    translated = terms.translate(sentence, evidence)
    known = [name for name, is_known in translated.items() if is_known]
    names = LatinNames(evidence, known)
    found = [*names.find(sentence, is_korean=language is Language.KO)]
    found += find_korean_names(sentence, evidence, known)
    return list(dict.fromkeys(found))
