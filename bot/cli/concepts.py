"""`jubo concepts`: the terms that the saved links explain, or what one of them means."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from bot.cli.session import (
    choose_workspace,
    clean,
    json_option,
    print_json,
    print_line,
    print_problem,
    with_app,
    workspace_option,
)
from bot.texts import Say

if TYPE_CHECKING:
    from bot.bootstrap import App
    from bot.domain.concepts import ConceptBook, KnownConcept
    from bot.services.concepts import Explanation

SHOWN, MOST_SHOWN = 50, 100_000
_DEFINITIONS = 20
_LINKS = 100


def register(program: click.Group, say: Say) -> None:
    @program.command("concepts", help=say("cli.concepts"))
    @click.argument("term", nargs=-1, metavar="[TERM]", help=say("cli.concepts_term"))
    @click.option(
        "--limit",
        type=click.IntRange(1, MOST_SHOWN),
        metavar="N",
        default=SHOWN,
        help=say("cli.links_limit", default=SHOWN),
    )
    @workspace_option(say)
    @json_option(say)
    def concepts(term: tuple[str, ...], *, limit: int, workspace: str | None, as_json: bool) -> int:
        async def work(app: App) -> int:
            from bot.domain.visibility import OPERATOR

            where = await choose_workspace(app, workspace)
            book = await app.concepts.open_book(where, audience=OPERATOR)
            name = clean(" ".join(term)).strip()
            if not name:
                return _list(book, app, limit=limit, as_json=as_json)
            concept = book.find(name)
            if concept is None:
                return _miss(name, book, app, as_json=as_json)
            explanation = await app.concepts.explain(
                where, concept, limit=_LINKS, definitions=_DEFINITIONS, audience=OPERATOR
            )
            if as_json:
                print_json(_explained_as_json(explanation))
            else:
                _print(explanation, app)
            return 0

        return with_app(work)


def _list(book: ConceptBook, app: App, *, limit: int, as_json: bool) -> int:
    say, shown = app.say, book.concepts[:limit]
    if as_json:
        print_json([_as_json(each) for each in shown])
        return 0
    for each in shown:
        links = say("concepts.links", count=len(each.links)) if each.links else ""
        print_line("  ".join(filter(None, (each.full_name(app.settings.language), links))))
        if meaning := _meaning(each):
            print_line(f"    {meaning}")
    if not shown:
        print_line(say("concepts.none"))
    elif len(book.concepts) > limit:
        print_line(say("cli.more", count=len(book.concepts) - limit))
    return 0


def _miss(name: str, book: ConceptBook, app: App, *, as_json: bool) -> int:
    """Say that there is none: what was asked for failed."""
    say = app.say
    nearest = [each.full_name(app.settings.language) for each in book.nearest(name)]
    if as_json:
        print_json({"term": name, "found": False, "nearest": nearest})
        return 1
    print_problem(say("concepts.not_found", term=name[:60]))
    if nearest:
        print_problem(f"{say('concepts.nearest')} {', '.join(nearest)}")
    return 1


def _print(explanation: Explanation, app: App) -> None:
    print_line(explanation.concept.full_name(app.settings.language))
    for source, link in explanation.explained:
        day = source.last_at.astimezone(app.zone).date()
        where = f"{link.title} {link.url_as_saved}" if link else source.document
        for line in (source.concept.definition, *(each.text for each in source.concept.points)):
            if line:
                print_line(f"  {line}")
        print_line(f"    — {where} · {day}")
    if not explanation.explained:
        print_line(f"  {app.say('concepts.unexplained')}")
        for source in explanation.concept.documents:
            print_line(f"    — {source.document} · {source.last_at.astimezone(app.zone).date()}")
    if explanation.links:
        print_line(app.say("concepts.occurs", count=explanation.occurrences))
    for each in explanation.links:
        print_line(f"  {each.saved_at.astimezone(app.zone).date()}  {each.title}")
        print_line(f"              {each.url_as_saved}")


def _as_json(concept: KnownConcept) -> dict[str, object]:
    return {
        "term": concept.name,
        "other_names": list(concept.names[1:]),
        "definition": _meaning(concept),
        "links": len(concept.links),
        "first_at": concept.first_at.isoformat(),
    }


def _explained_as_json(explanation: Explanation) -> dict[str, object]:
    return {
        **_as_json(explanation.concept),
        "found": True,
        "definitions": [
            {
                "definition": source.concept.definition,
                "points": [point.text for point in source.concept.points],
                "url": link.url_as_saved if link else None,
                "title": link.title if link else source.document,
                "saved_at": source.last_at.isoformat(),
            }
            for source, link in explanation.explained
        ],
        "links": [
            {"url": each.url_as_saved, "title": each.title, "saved_at": each.saved_at.isoformat()}
            for each in explanation.links
        ],
    }


def _meaning(concept: KnownConcept) -> str:
    meanings = (each.concept.definition for each in concept.explained)
    return next(filter(None, meanings), "")
