"""What is said to the bot and is no question: a greeting, thanks, a command called by its name."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from bot.domain.urls import find_urls
from bot.events import CommandCalled, MessagePosted
from bot.texts import LANGUAGES, Texts

_AROUND = " \t\n!?.,~^…！？。👋🙏"  # what people put around a word or two
# These words begin sentences too, so without a slash what follows must be what they take.
_ASK, _HELP, _SAVE = "ask", "help", "save"
_TAKEN_BY_SAVE = ("channel:", "since:")


def list_phrases(texts: Texts, name: str) -> frozenset[str]:
    """Return what people say for something, in every language: they mix them."""
    key = f"spoken.{name}"
    spoken = [texts.get(each, key) for each in LANGUAGES] if texts.has(key) else []
    return frozenset(phrase.strip() for said in spoken for phrase in said.split("|"))


def strip_phrase(text: str) -> str:
    """Return a short saying as lists of phrases have it; of bare question marks one."""
    return text.casefold().strip(_AROUND) or text.strip()[:1]


def read_command(
    text: str, commands: Collection[str], phrases: Mapping[str, Collection[str]]
) -> tuple[str, str] | None:
    """Return the command that is called and what it is given, or None for a question.

    `phrases`: other words for commands, by the command.
    """
    names = {phrase: name for name, said in phrases.items() for phrase in said}
    names |= {name: name for name in commands}
    if (alone := names.get(strip_phrase(text).removeprefix("/"))) is not None:
        return alone, ""
    first, *rest = text.split(maxsplit=1) or [""]
    name = names.get(first.removeprefix("/").casefold())
    arguments = "".join(rest).strip()
    if name is None or not (first.startswith("/") or _is_meant(name, arguments, names)):
        return None
    return name, names.get(arguments.casefold(), arguments) if name == _HELP else arguments


def _is_meant(name: str, arguments: str, names: Collection[str]) -> bool:
    if name == _HELP:
        return arguments.casefold().removeprefix("/") in names
    if name == _SAVE:
        return bool(find_urls(arguments)) or arguments.startswith(_TAKEN_BY_SAVE)
    return name == _ASK or not arguments.endswith(("?", "？"))


def as_command(event: MessagePosted, name: str, arguments: str) -> CommandCalled:
    return CommandCalled(
        id=event.id,
        workspace=event.workspace,
        place=event.place,
        member=event.member,
        at=event.at,
        member_name=event.member_name,
        language=event.language,
        thread=event.thread,
        answer_by=event.answer_by,
        name=name,
        arguments=arguments,
    )
