"""Questions that ask what there is on a subject, not what is said of it."""

from __future__ import annotations

import re

_VERB_EN = r"(?:read|save|saved|share|shared|post|posted|collect|collected|bookmark|bookmarked)"
_VERB_KO = r"(?:읽었|봤|모았|올렸|올라왔|(?:공유|저장|수집|스크랩|북마크)(?:했|됐|되었))"
_WE_KO = r"(?:(?:우리|저희|내|제)가?\s+)?"
_ABOUT_KO = r"(?:에\s?(?:대해서?|대한|관해서?|관한)|\s?관련(?:해서|된|한)?)"
_THING_KO = r"(?:글|논문|기사|자료|링크|뉴스|것|거)(?:을|를|이|가|은|는|들)?"
# What stood between these words may have been taken for filters: "what did we about LoRA?"
_ASKS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"what\s+(?:did|have|has)\s+(?:we|i|you|the\s+team)(?:\s+(?:all|ever))?(?:\s+{_VERB_EN})?"
        r"\s+(?:about|on)\s+(?P<subject>.+?)",
        rf"what\s+(?:was|has\s+been|is|got)\s+{_VERB_EN}\s+(?:about|on)\s+(?P<subject>.+?)",
        rf"{_WE_KO}(?P<subject>.+?){_ABOUT_KO}\s+{_WE_KO}"
        rf"(?:뭘|뭐|뭐를|무엇을|무엇이|뭐가|(?:어떤|무슨)\s+{_THING_KO})\s+{_VERB_KO}[가-힣]*",
        rf"{_WE_KO}(?P<subject>.+?){_ABOUT_KO}\s+{_WE_KO}"
        rf"(?:읽은|본|모은|올린|공유한|저장한)\s+{_THING_KO}(?:\s+(?:뭐\S*|알려\s?\S+|보여\s?\S+))?",
    )
)
_MOST = 300  # characters: a longer text asks more than that


def find_listed_subject(question: str) -> str:
    """Return the subject on which a list is asked for; "" where something else is asked."""
    text = " ".join(question.split()).strip(" ?!.")
    if len(text) > _MOST:
        return ""
    found = (pattern.fullmatch(text) for pattern in _ASKS)
    return next((match["subject"].strip(" ,") for match in found if match), "")
