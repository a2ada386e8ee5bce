"""Use case: have a language model sum up links that were read, and keep what their texts carry."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from datetime import datetime
from functools import partial

from bot.domain.concepts import ConceptBook
from bot.domain.judging_links import JudgedLink, Page
from bot.domain.models import LinkId, LinkRecord, Understanding
from bot.domain.quoting import TOKENS_ASIDE
from bot.domain.topics import SHIPPED_TOPICS
from bot.domain.visibility import Audience
from bot.errors import NoAnswer
from bot.ports import ConceptStore, LinkStore
from bot.prompts.links import TOKENS_A_LINK, ReadLink, ReadLinks, ask_about_links
from bot.services.errands import FOR_PROSE, Errand
from bot.services.mending import Faulty, mend
from bot.text.extracts import extract
from bot.text.languages import Language, detect_language
from bot.texts import Texts

# Several links at once, for the instructions are as long as five of the shortest extracts. More
# than these are long to wait for, and much to lose when an answer is cut off.
MOST_A_PACK = 10
_REMEMBERED = 1_000
_LEAST_EXTRACT, _MOST_EXTRACT = 150, 400
_TO_MEND = 180  # of a source whose bullets were refused: its beginning has another fact to tell
# What all extracts of a digest may take: the rest is for instructions, repairs and its prose.
_ALL_EXTRACTS = 18_000


class SummarisingService:
    def __init__(self, links: LinkStore, concepts: ConceptStore, *, texts: Texts) -> None:
        self._links = links
        self._concepts = concepts
        self._texts = texts
        self._refused: OrderedDict[tuple[str, LinkId, datetime | None], None] = OrderedDict()

    async def summarise(
        self, errand: Errand, links: Sequence[LinkRecord], *, language: str, writer: str
    ) -> None:
        """Ask about all of them, some at a time, and store what is accepted.

        What was refused is not asked for again as long as this process runs: other channels tell
        the same links at the same time.
        """
        known_refused = [each for each in links if (writer, each.id, each.read_at) in self._refused]
        for _ in known_refused:
            errand.refuse()
        links = [each for each in links if each not in known_refused]
        if not links:
            return
        errand.progress.expect(len(links))
        tokens = _extract_tokens(len(links))
        # What everybody may read: the words of a private text must not explain a public one.
        shared = await self._concepts.list_sources(errand.workspace, audience=Audience())
        known = ConceptBook(shared)
        async with asyncio.TaskGroup() as group:
            for pack in _packs(links, tokens, room=errand.room):
                group.create_task(
                    self._read(errand, pack, tokens, language=language, writer=writer, known=known)
                )

    async def _read(
        self,
        errand: Errand,
        links: Sequence[LinkRecord],
        tokens: int,
        *,
        language: str,
        writer: str,
        known: ConceptBook,
    ) -> None:
        pages = await asyncio.to_thread(_extract, links, tokens)
        judged = await self._ask(errand, pages, tokens, language=language)
        await self._mend(errand, judged, language=language)
        for each in judged:
            made = await asyncio.to_thread(each.understanding, writer=writer, known=known)
            if made is None:
                errand.refuse()
                self._remember(writer, each.page.link)
            else:
                await self._keep(errand, each.page.link, made)
        errand.progress.finish(len(links))

    async def _ask(
        self,
        errand: Errand,
        pages: Sequence[Page],
        tokens: int,
        *,
        language: str,
        is_second_try: bool = False,
    ) -> list[JudgedLink]:
        question = ask_about_links(
            pages,
            workspace=errand.workspace,
            links=[page.link.id for page in pages],
            topics=SHIPPED_TOPICS,
            language=language,
            tokens_each=tokens,
            digest=errand.digest,
        )
        try:
            answer = await errand.ask(question, leaving=FOR_PROSE)
        except NoAnswer:
            if is_second_try:
                errand.miss()
                return []
            # An answer half as long is hardly cut off again.
            middle = (len(pages) + 1) // 2
            halves = [half for half in (pages[:middle], pages[middle:]) if half]
            asked = [
                self._ask(errand, half, tokens, language=language, is_second_try=True)
                for half in halves
            ]
            return [each for half in await asyncio.gather(*asked) for each in half]
        if answer is None:
            return []
        prompt = question.prompt.messages[0].text
        return await asyncio.to_thread(
            _judge, pages, answer.value, language=language, prompt=prompt
        )

    async def _mend(self, errand: Errand, judged: Sequence[JudgedLink], *, language: str) -> None:
        faulty = [
            Faulty(
                verdict.statement.text,
                verdict.statement.sources,
                verdict.refusals,
                partial(each.mend, place),
            )
            for each in judged
            for place, verdict in each.refused.items()
        ]
        pages = [each.page for each in judged if each.refused]
        await mend(
            errand,
            faulty,
            pages,
            links=[page.link.id for page in pages],
            language=language,
            tokens_each=_TO_MEND,
            say=self._texts.bind(language),
            leaving=FOR_PROSE,
        )

    def _remember(self, writer: str, link: LinkRecord) -> None:
        self._refused[writer, link.id, link.read_at] = None
        if len(self._refused) > _REMEMBERED:
            self._refused.popitem(last=False)

    async def _keep(self, errand: Errand, link: LinkRecord, made: Understanding) -> None:
        await self._links.store_understanding(errand.workspace, link.id, made, read_at=link.read_at)


def _extract_tokens(count: int) -> int:
    each = _ALL_EXTRACTS // max(1, count) - TOKENS_ASIDE
    return min(_MOST_EXTRACT, max(_LEAST_EXTRACT, each))


def _packs(links: Sequence[LinkRecord], tokens: int, *, room: int) -> list[Sequence[LinkRecord]]:
    """Return them by as many as fit the model's context, in packs of about the same size."""
    most = max(1, min(MOST_A_PACK, room // (tokens + TOKENS_ASIDE + TOKENS_A_LINK)))
    count = -(-len(links) // most)
    return [links[start::count] for start in range(count)]


def _extract(links: Sequence[LinkRecord], tokens: int) -> list[Page]:
    return [Page(number, link, _cut(link, tokens)) for number, link in enumerate(links, 1)]


def _cut(link: LinkRecord, tokens: int) -> str:
    try:
        language = Language(link.language)
    except ValueError:
        language = detect_language(link.text[:2000])
    return extract(link.text, title=link.title, language=language, tokens=tokens)


def _judge(
    pages: Sequence[Page], said: ReadLinks, *, language: str, prompt: str
) -> list[JudgedLink]:
    first: dict[int, ReadLink] = {}
    for each in said.links:
        first.setdefault(each.source, each)
    return [
        JudgedLink(page, first[page.number], language=language, prompt=prompt)
        for page in pages
        if page.number in first
    ]
