"""What a language model is asked for a digest: its prose, from the summaries of its links."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pydantic import BaseModel

from bot.domain.asking_models import Question, Stage
from bot.domain.models import LinkId, WorkspaceId
from bot.domain.quoting import Quotable, quote_sources
from bot.prompts.files import fill_prompt

# Korean, the longer one by tokens.
_TOKENS_OF_OPENING = 300
TOKENS_A_STORY = 400
TOKENS_A_TOPIC = 800

_TELL = """\
- items: of sources {numbers}, each as a story of 3 to 5 whole sentences that a colleague enjoys \
to read: what it is, how it works or what happened, what it is good for. Where a source gives a \
term in both languages, give both once."""
_TELL_NOTHING = "- items: an empty list."


class ToldSentence(BaseModel):
    text: str
    sources: list[int]


class ToldItem(BaseModel):
    source: int
    sentences: list[str]


class ToldDigest(BaseModel):
    opening: list[ToldSentence]
    items: list[ToldItem]


class AnalysedTopic(BaseModel):
    topic: int
    subjects: list[ToldSentence]
    events: list[ToldSentence]
    economy: list[ToldSentence]
    society: list[ToldSentence]
    science: list[ToldSentence]
    conclusion: list[ToldSentence]


class AnalysedTopics(BaseModel):
    topics: list[AnalysedTopic]


def ask_to_tell(
    sources: Sequence[Quotable],
    *,
    workspace: WorkspaceId,
    links: Sequence[LinkId],
    told: Sequence[int],
    language: str,
    tokens_each: int,
    digest: str = "",
) -> Question[ToldDigest]:
    """Ask for an opening, and for the stories of the sources of the numbers `told`."""
    numbers = ", ".join(map(str, told))
    prompt = fill_prompt(
        "tell_digest",
        language=language,
        telling=_TELL.format(numbers=numbers) if told else _TELL_NOTHING,
        sources=quote_sources(sources, tokens_each=tokens_each),
        count=len(sources),
    )
    return Question(
        workspace=workspace,
        stage=Stage.DIGEST,
        prompt=prompt,
        wanted=ToldDigest,
        tokens_out=_TOKENS_OF_OPENING + TOKENS_A_STORY * len(told),
        digest=digest,
        links=tuple(links),
    )


def ask_to_analyse(
    sources: Sequence[Quotable],
    *,
    workspace: WorkspaceId,
    links: Sequence[LinkId],
    topics: Mapping[int, Sequence[int]],
    language: str,
    tokens_each: int,
    digest: str = "",
) -> Question[AnalysedTopics]:
    """Ask for the parts of topics. `topics`: by their number, the numbers of their sources."""
    lines = [f"topic {each}: sources {', '.join(map(str, topics[each]))}" for each in topics]
    prompt = fill_prompt(
        "analyse_topics",
        language=language,
        sources=quote_sources(sources, tokens_each=tokens_each),
        topics="\n".join(lines),
        count=len(topics),
    )
    return Question(
        workspace=workspace,
        stage=Stage.DIGEST,
        prompt=prompt,
        wanted=AnalysedTopics,
        tokens_out=TOKENS_A_TOPIC * len(topics),
        digest=digest,
        links=tuple(links),
    )
