"""What a language model is asked of links that were read."""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import BaseModel

from bot.domain.asking_models import Question, Stage
from bot.domain.models import Kind, LinkId, WorkspaceId
from bot.domain.quoting import Quotable, quote_sources
from bot.domain.topics import Topic
from bot.prompts.files import fill_prompt

# Korean, the longer one by tokens: four bullets of 40, three concepts of 40, and the JSON around.
TOKENS_A_LINK = 350

_OTHER_LANGUAGE = {"ko": "English", "en": "Korean"}


class ExplainedConcept(BaseModel):
    term: str
    other_name: str
    definition: str


class ReadLink(BaseModel):
    """What a model says of one source. Nothing of it is checked but its form."""

    source: int
    points: list[str]
    kind: Kind
    topics: list[str]
    concepts: list[ExplainedConcept]


class ReadLinks(BaseModel):
    links: list[ReadLink]


def ask_about_links(
    sources: Sequence[Quotable],
    *,
    workspace: WorkspaceId,
    links: Sequence[LinkId],
    topics: Sequence[Topic],
    language: str,
    tokens_each: int,
    digest: str = "",
) -> Question[ReadLinks]:
    """Return the question what is in these sources, which are of these links.

    Several at a time cost less than one by one: the instructions are about 600 tokens.
    `tokens_each`: the longest part of a source that is sent.
    """
    prompt = fill_prompt(
        "summarise_links",
        language=language,
        other_language=_OTHER_LANGUAGE[language],
        topics=", ".join(f"{each.id}: {_name(each, language)}" for each in topics),
        sources=quote_sources(sources, tokens_each=tokens_each),
        count=len(sources),
    )
    return Question(
        workspace=workspace,
        stage=Stage.LINK,
        prompt=prompt,
        wanted=ReadLinks,
        tokens_out=TOKENS_A_LINK * len(sources),
        digest=digest,
        links=tuple(links),
    )


def _name(topic: Topic, language: str) -> str:
    return topic.name_ko if language == "ko" else topic.name_en
