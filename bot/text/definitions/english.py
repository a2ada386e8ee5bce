"""English definitions: "Retrieval-Augmented Generation (RAG) is a technique that …"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.text.definitions.defining import (
    Definition,
    bare,
    define,
    places,
    quotable_sentence,
    start_of_sentence,
)
from bot.text.term_names import read_other_name

_TERM_CHARS = 70
_REMARK_CHARS = 60
# Looked for as they stand: a pattern over the whole text would cost ten times as much.
_CUES = (
    " is a",
    " is the process",
    " is the practice",
    " is the ability",
    " is the task",
    ") is ",
    ") are ",
    " are a ",
    "s are ",
    " refers to ",
    " is defined as ",
)
_TERM = re.compile(
    r"(?P<article>(?:[Tt]he|An?)\s+)?"
    r"(?P<term>[A-Za-z0-9][\w.+#/'’-]*"
    r"(?:\s(?!(?:is|are|refers|which|that)\b)[\w.+#/'’&-]+){0,5}?)"
    r"(?:\s?\((?P<other>[^()\n]{2,60})\))?,?"
    r"\s(?P<verb>is|are|refers to|is defined as)\s(?P<rest>[^\n]{12,200})"
)
# What a term may be said to be. People, companies, places and works are not among them.
_KIND = (
    "technique|method|methodology|approach|algorithm|framework|library|architecture|model|network"
    "|protocol|format|standard|language|dataset|data set|benchmark|metric|measure|system|database"
    "|tool|toolkit|platform|engine|process|procedure|practice|paradigm|pattern|concept|principle"
    "|strategy|mechanism|function|layer|structure|program|software|application|runtime|compiler"
    "|server|service|task|field|branch|discipline|subfield|subset|area|type|kind|form|class|family"
    "|category|variant|extension|generali[sz]ation|specification|interface|API|abstraction"
    "|theorem|theory|property|phenomenon|problem|vulnerability|attack|device|component|module|unit"
    "|representation|collection|set|sequence|distribution|estimator|optimi[sz]er|classifier"
    "|regressor|loss|regulari[sz]er|vector|matrix|graph|tree|index|storage|store|cache|queue"
    "|container|package|plugin|command|utility|environment|parser|syntax|encoding|tokeni[sz]er"
    "|decoder|encoder|transformer|agent|assistant|chatbot|technology|technologies|strategies"
    "|theories|properties|libraries|categories|families|processes|phenomena|matrices|indices"
    "|classes"
)
_JOINTS = r"(?:of|to|that|which|with|for|in|by|from|on|and|or|as|at|than)\b"
_IS_KIND = re.compile(
    rf"(?:an?|any)\s(?:(?!{_JOINTS})[\w'’/-]+\s){{0,5}}?(?:{_KIND})s?\b(?P<more>.*)"
)
_ARE_KIND = re.compile(
    rf"(?:(?!{_JOINTS})[\w'’/-]+\s){{0,3}}?(?:{_KIND})(?:(?<=s)|s)\b(?P<more>.*)"
)
_IS_DOING = re.compile(r"the\s(?:process|practice|ability|task|act|study|use)\sof\s(?:\S+\s){2}")
_SAYS_MORE = re.compile(
    r"(?!\s(?:engineer|developer|research|compan|maker|vendor|provider|scientist|artist))"
    r"(?:\s\w+){0,2}?,?\s(?:that|which|for|of|to|used|designed|where|whose|built|developed|based"
    r"|with|aimed|capable|consisting|in|from|on|intended|created|written|trained|introduced"
    r"|between|by)\b(?:\s\S+){3}"
)
# "a great way": what is praised, ranked or denied is not defined.
_JUDGES = re.compile(
    r"(?:an?|the|one of the)?\s?(?:\w+\s)?(?:great|good|better|best|bad|big|huge|hard|difficult"
    r"|interesting|major|real|nice|perfect|excellent|elegant|simple|serious|natural|clear|crucial"
    r"|critical|important|essential|valuable|invaluable|significant|notable|appealing|attractive"
    r"|effective|ideal|exciting|bit|lot|little|few|more|most|much|very|not|no|also|only|just|still"
    r"|new|recent|novel|first|second|third|next|last|same|different|similar|promising|necessary"
    r"|useful|powerful|fundamental|prominent|central|active|long-standing|hot|core|key|main)\b",
    re.IGNORECASE,
)
_NO_TERM = frozenset(
    """this that these those it its they he she we you i there here what which who how why when
    where one another other others each every all some any many most both such same first second
    third last next my our your his her their then thus so also however but or if at without
    than not no yes only just even while since because although though after before during
    following above below today now result results goal aim purpose idea problem question answer
    reason example key main point paper article post section chapter author authors figure table
    step part way thing things people everyone team company project output input work study
    approach method technique model system solution tool framework library function program
    process variable value object file code difference advantage disadvantage benefit limitation
    challenge task concept term word name type kind option choice alternative version release
    image images data dataset user users network server client app application service platform
    test tests is are was were be been being has have had do does did can could will would may
    might must shall should let get gets use using used called named known defined developed
    once unlike like instead again finally overall basically essentially generally typically
    usually often sometimes perhaps maybe therefore hence moreover furthermore additionally
    similarly conversely meanwhile still yet""".split()  # noqa: SIM905 - reads better than quoted
)
_SMALL = frozenset(["of", "for", "and", "in", "to", "the", "with", "on", "from", "by", "as"])
_NAME = re.compile(r"[A-Z]{2}|[a-z][A-Z]|\d|[+#]")


def english_definitions(text: str, subjects: str) -> Iterator[Definition]:
    for start, cue in _beginnings(text):
        match = _TERM.match(text, start)
        if match is None or match.start("verb") > cue + len(") is"):
            continue
        if _is_term(match, subjects) and _tells_kind(match["verb"], match["rest"]):
            sentence = quotable_sentence(text, start)
            if sentence:
                inside = match["other"] or ""
                yield define(match["term"], inside=inside, sentence=sentence, place=start)


def _beginnings(text: str) -> Iterator[tuple[int, int]]:
    """Yield where sentences begin that have a cue near their beginning, and the cue's place."""
    seen = None
    for place in sorted(place for cue in _CUES for place in places(text, cue)):
        start = start_of_sentence(text, place, reach=_TERM_CHARS + _REMARK_CHARS)
        if start is not None and start != seen and start < place:
            seen = start
            yield start, place


def _is_term(match: re.Match[str], subjects: str) -> bool:
    """Tell a name from the beginning of any sentence.

    An everyday word is a term only where title or headings are about it.
    """
    term, has_the = match["term"], (match["article"] or "").strip().lower() == "the"
    words = term.split()
    first, *others = (word.lower() for word in words)
    if len(term) > _TERM_CHARS or len(term) == 1 or words[-1].lower() in _SMALL:
        return False
    if first in _NO_TERM or first in _SMALL or not _NO_TERM.isdisjoint(others[:-1]):
        return False
    if len(words) > len(set(words)):  # a heading that ran into its text
        return False
    if match["other"]:
        return read_other_name(term, match["other"]) != ""
    if any(map(_NAME.search, words)) or any(word[0].isupper() for word in words[1:]):
        return not has_the or len(words) > 1
    return not has_the and bare(term) in subjects


def _tells_kind(verb: str, rest: str) -> bool:
    if _JUDGES.match(rest):
        return False
    if verb in ("refers to", "is defined as") or _IS_DOING.match(rest):
        return True
    kind = _IS_KIND.match(rest) or (_ARE_KIND.match(rest) if verb == "are" else None)
    return kind is not None and _SAYS_MORE.match(kind["more"]) is not None
