"""`jubo ask`: an answer from what was saved, with citations, or a plain refusal."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from bot.cli.filtering import filter_options, read_query
from bot.cli.session import (
    choose_workspace,
    clean,
    json_option,
    print_json,
    print_line,
    with_app,
    workspace_option,
)
from bot.errors import UsageError
from bot.texts import Say

if TYPE_CHECKING:
    from bot.bootstrap import App
    from bot.domain.answers import Answer, Citation


def register(program: click.Group, say: Say) -> None:
    @program.command("ask", help=say("cli.ask"))
    @click.argument(
        "question", nargs=-1, required=True, metavar="QUESTION", help=say("cli.ask_question")
    )
    @filter_options(say)
    @workspace_option(say)
    @json_option(say)
    def ask(
        question: tuple[str, ...], workspace: str | None, *, as_json: bool, **options: str | None
    ) -> int:
        if not clean(" ".join(question)).strip():
            raise UsageError("cli.no_question")

        async def work(app: App) -> int:
            from bot.domain.visibility import OPERATOR
            from bot.text.queries import language_of_question

            where = await choose_workspace(app, workspace)
            query = await read_query(app, where, question, options)
            reply = await app.answering.reply(where, query, zone=app.zone, audience=OPERATOR)
            language = language_of_question(query.words) or app.settings.language
            reply = await app.answering.write(where, query, reply, language=language)
            say = app.say_in(language)
            said = reply.introduce(say, language=language, links="jubo links")
            if as_json:
                print_json(_as_json(reply.answer) | {"note": " ".join(said)})
            else:
                words = shlex.quote(query.as_asked)
                is_near = bool(reply.answer.nearest) and not reply.is_list
                wider = say("ask.wider_command", words=words) if is_near else ""
                _print(reply.answer, said, wider=wider)
            return 0

        return with_app(work)


def _as_json(answer: Answer) -> dict[str, object]:
    return {
        "answer": "\n\n".join(_paragraphs(answer)),
        "written_by": answer.writer if answer.claims else "",
        "citations": [
            {
                "n": each.n,
                "url": each.url,
                "title": each.title,
                "part": each.part,
                "quote": each.quote,
            }
            for each in answer.citations
        ],
        "answered": answer.is_answered,
        "nearest": [{"url": each.url, "title": each.title} for each in answer.nearest],
    }


def _paragraphs(answer: Answer) -> list[str]:
    if not answer.claims:
        return [f"{each.quote} [{each.n}]" for each in answer.citations]
    marks = ("".join(f"[{number}]" for number in each.cites) for each in answer.claims)
    return [f"{each.text} {mark}" for each, mark in zip(answer.claims, marks, strict=True)]


def _print(answer: Answer, said: Sequence[str], *, wider: str) -> None:
    for sentence in said:
        print_line(sentence)
    if answer.claims:
        for paragraph in _paragraphs(answer):
            print_line(paragraph)
        for citation in answer.citations:
            print_line(f"[{citation.n}] {_source(citation)}")
        return
    for citation in answer.citations:
        mark = f"[{citation.n}] "
        print_line(mark + citation.quote.replace("\n", "\n" + " " * len(mark)))
        print_line(f"    {_source(citation)}")
    for citation in answer.nearest:
        print_line(f"    {_source(citation)}")
    if wider:
        print_line(wider)


def _source(citation: Citation) -> str:
    parts = (citation.title, citation.file, citation.part, citation.url)
    return " · ".join(part for part in parts if part)
