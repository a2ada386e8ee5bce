"""Use case: answer a question with quotes from what a workspace saved, or refuse to."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import tzinfo

from bot.domain.answers import Answer, Citation, compose_answer
from bot.domain.exchanges import Exchange
from bot.domain.filter_words import describe_filters
from bot.domain.filters import NO_FILTERS, Filters, Nobody, Query
from bot.domain.findings import HITS_CONSIDERED
from bot.domain.follow_ups import (
    ask_with,
    asks_for_code,
    asks_who_shared,
    find_code,
    is_about,
)
from bot.domain.list_questions import find_listed_subject
from bot.domain.models import EVERYTHING, LinkFilter, LinkRecord, WorkspaceId
from bot.domain.visibility import Audience
from bot.ports import LinkStore, SearchIndex
from bot.services.claiming import ClaimingService
from bot.services.listing import ListingService
from bot.text.queries import names_nothing, weigh_words
from bot.texts import Say

LISTED = 10


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer, and of what it was made.

    `filters`: what everything in the answer passes. `silent`: filters under which nothing was
    found, so that it was looked for beyond them. `is_list`: nothing was asked but what there is,
    and the answer's nearest are the newest of it.
    """

    answer: Answer
    filters: Filters
    silent: Filters = NO_FILTERS
    is_list: bool = False
    subject: str = ""  # of what the list is, the closest first
    sharers: tuple[str, ...] = ()  # who shared the nearest, when that was asked
    nobody: Nobody | None = None
    is_code: bool = False  # the nearest is the code that was asked for

    @property
    def is_told(self) -> bool:
        """Whether what was asked is known, if not from a quote."""
        return bool(self.sharers) or self.is_code

    def introduce(self, say: Say, *, language: str, links: str = "/links") -> list[str]:
        """Return what stands before the quotes or the nearest: what was understood and found.

        `links`: the command that lists all.
        """
        nobody = [say(self.nobody.message_key, **self.nobody.values)] if self.nobody else []
        return [*nobody, *self._introduce(say, language, links)]

    def _introduce(self, say: Say, language: str, links: str) -> list[str]:
        filters, silent = (
            describe_filters(each, say, language=language) for each in (self.filters, self.silent)
        )
        is_answered, has_nearest = self.answer.is_answered, bool(self.answer.nearest)
        if self.sharers:
            return [say("ask.shared_by", names=", ".join(self.sharers))]
        if self.is_code:
            return [say("ask.code")]
        if self.is_list and not self.subject:
            key = "filters.listed" if has_nearest else "filters.none"
            return [say(key, filters=filters, links=links)]
        said = [say("filters.told", filters=filters)] if filters else []
        if self.is_list:
            return [*said, say("filters.listed_about", subject=self.subject, links=links)]
        if silent and (is_answered or has_nearest):
            key = "filters.silent" if is_answered else "filters.silent_near"
            return [*said, say(key, filters=silent)]
        if self.answer.without:
            said.append(say(f"ask.without.{self.answer.without}", value=self.answer.value))
        elif self.answer.claims:
            said.append(say("ask.written", model=self.answer.writer))
        if not is_answered:
            said.append(say("ask.nothing" if has_nearest else "ask.nothing_next"))
        return said


class AnsweringService:
    """`claiming`: where there is a language model to write answers."""

    def __init__(
        self, search: SearchIndex, links: LinkStore, *, claiming: ClaimingService | None = None
    ) -> None:
        self._search = search
        self._links = links
        self._listing = ListingService(links, search)
        self._claiming = claiming

    @property
    def writer(self) -> str:
        """Return the model that writes answers, "" if none does."""
        return self._claiming.model if self._claiming else ""

    async def write(
        self, workspace: WorkspaceId, query: Query, reply: Reply, *, language: str
    ) -> Reply:
        """Return the reply in a model's words where there is one and quotes carry them."""
        if self._claiming is None or not reply.answer.is_answered:
            return reply
        answer = await self._claiming.claim(workspace, query.words, reply.answer, language=language)
        return replace(reply, answer=answer)

    async def reply(
        self, workspace: WorkspaceId, query: Query, *, zone: tzinfo, audience: Audience
    ) -> Reply:
        """Answer, and say if somebody was named whom nobody knows."""
        reply = await self._reply(workspace, query, zone=zone, audience=audience)
        return replace(reply, nobody=query.nobody)

    async def _reply(
        self, workspace: WorkspaceId, query: Query, *, zone: tzinfo, audience: Audience
    ) -> Reply:
        """Answer from what passes, else from what passes without the filters that were guessed.

        Beyond filters that people wrote the nearest is named, nothing quoted.
        """
        if query.filters and names_nothing(query.words):
            return await self._list(workspace, query, zone=zone, audience=audience)
        if subject := find_listed_subject(query.words):
            listed = replace(query, words=subject)
            reply = await self._list(workspace, listed, zone=zone, audience=audience)
            if reply.answer.nearest:
                return replace(reply, subject=subject)
        replies: list[Reply] = []
        for each in query.ever_wider():
            which = each.filters.within(zone)
            answer = await self.answer(workspace, each.words, audience=audience, which=which)
            silent = query.filters if replies else NO_FILTERS
            replies.append(Reply(answer, each.filters, silent))
            if answer.is_answered:
                return replies[-1]
        near = next((each for each in replies if each.answer.nearest), replies[-1])
        if replies[-1].filters:
            beyond = await self.answer(workspace, query.words, audience=audience)
            if beyond.is_answered or not near.answer.nearest:
                nearest = Answer(nearest=beyond.citations or beyond.nearest)
                return Reply(nearest, NO_FILTERS, silent=query.filters)
        return near

    async def follow(
        self, workspace: WorkspaceId, question: str, before: Exchange, *, audience: Audience
    ) -> Reply:
        """Answer what leans on what was said before, as far as this audience may see it."""
        for link in before.links[:1]:
            try:
                record = await self._links.get(workspace, link, audience=audience)
            except KeyError:  # gone meanwhile, or not for those who read here
                continue
            if asks_who_shared(question):
                names = dict.fromkeys(each.member_name for each in record.saves)
                return Reply(Answer(nearest=_cite([record])), NO_FILTERS, sharers=tuple(names))
            if asks_for_code(question):
                found = enumerate(find_code(record), 1)
                code = tuple(Citation(n, each.url, each.title, "") for n, each in found)
                if code:
                    return Reply(Answer(nearest=code[:LISTED]), NO_FILTERS, is_code=True)
        answer = await self.answer(workspace, ask_with(question, before), audience=audience)
        if answer.is_answered and not is_about(question, answer):
            answer = Answer(nearest=answer.citations)
        return Reply(answer, NO_FILTERS)

    async def answer(
        self,
        workspace: WorkspaceId,
        question: str,
        *,
        audience: Audience,
        which: LinkFilter = EVERYTHING,
    ) -> Answer:
        """Quote what this audience may see; never raises for the question's sake."""
        hits = await self._search.search(
            workspace, question, limit=HITS_CONSIDERED, audience=audience, which=which
        )
        names = await self._search.find_other_names(workspace, question, audience=audience)
        words = weigh_words(question).keys() | {word for one in names for word in one.translation}
        statistics = await self._search.measure(workspace, words)
        return await asyncio.to_thread(
            compose_answer, question, hits, statistics=statistics, names=names
        )

    async def _list(
        self, workspace: WorkspaceId, query: Query, *, zone: tzinfo, audience: Audience
    ) -> Reply:
        which = replace(query.filters.within(zone), limit=LISTED)
        about = "" if names_nothing(query.words) else query.words
        found = await self._listing.list_links(workspace, about, which, audience=audience)
        return Reply(Answer(nearest=_cite(found)), query.filters, is_list=True)


def _cite(links: Sequence[LinkRecord]) -> tuple[Citation, ...]:
    return tuple(
        Citation(n, link.url_as_saved, link.title, "", link=link.id, said_at=link.saved_at)
        for n, link in enumerate(links, start=1)
    )
