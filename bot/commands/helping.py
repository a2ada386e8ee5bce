"""Help: every command that is there, and each with its options, from the specs that route them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bot.commands.conversation import Conversation
from bot.commands.options import read_call
from bot.commands.router import Router
from bot.domain.models import Kind
from bot.errors import UserError
from bot.events import CommandCalled
from bot.posts import Block, Bullets, Context, Heading, Item, Post, Text, paragraph
from bot.specs import CommandSpec, Option

HELP = CommandSpec(
    "help",
    (Option("command", is_main=True, is_suggested=True),),
    is_private=True,
)

# Texts name the groups: `help.group.NAME`. What is in none comes last.
_GROUPS = (
    ("digests", ("digest", "subscribe", "subscriptions")),
    ("finding", ("ask", "links", "concepts")),
    ("saving", ("save", "feeds")),
)
_OTHERS = "others"


class HelpCommands:
    def __init__(self, specs: Sequence[CommandSpec]) -> None:
        self._specs = {spec.name: spec for spec in specs}
        self.router = Router(commands={HELP: self.help})

    async def help(self, event: CommandCalled, talk: Conversation) -> None:
        name = read_call(event, HELP).words.lower().removeprefix("/")
        if not name:
            await talk.post(Post(tuple(self._overview(talk)), is_ephemeral=True))
        elif name in self._specs:
            blocks = tuple(_details(self._specs[name], talk))
            await talk.post(Post(blocks, is_ephemeral=True))
        else:
            raise UserError("command.unknown", name=name[:40])

    def _overview(self, talk: Conversation) -> Iterator[Block]:
        yield Heading((Text(talk.say("help.title")),), level=2)
        yield paragraph(talk.say("help.saving", **_emoji(talk)))
        yield paragraph(talk.say("help.menu"))
        yield paragraph(talk.say("help.asking"))
        for group, names in self._groups():
            yield Heading((Text(talk.say(f"help.group.{group}")),), level=3)
            yield Bullets(
                tuple(_named(talk.call_of(name), talk.say(f"command.{name}")) for name in names)
            )
        yield Context((Text(talk.say("help.more")),))

    def _groups(self) -> Iterator[tuple[str, Sequence[str]]]:
        grouped = {name for _, names in _GROUPS for name in names}
        others = tuple(name for name in self._specs if name not in grouped)
        for group, names in (*_GROUPS, (_OTHERS, others)):
            if there := [name for name in names if name in self._specs]:
                yield group, there


def _details(spec: CommandSpec, talk: Conversation) -> Iterator[Block]:
    title = f"{talk.call_of(spec.name)} — {talk.say(f'command.{spec.name}')}"
    yield Heading((Text(title),), level=3)
    yield paragraph(Text(talk.say(f"command.{spec.name}_usage"), code=True))
    if spec.options:
        yield Bullets(tuple(_option(each, talk) for each in spec.options))
    example = talk.say(f"command.{spec.name}_example")
    yield paragraph(f"{talk.say('help.example')} ", Text(example, code=True))


def _option(option: Option, talk: Conversation) -> Item:
    name = option.name if option.is_main else f"{option.name}:"
    choices = tuple(_named(str(each), talk.say(f"choice.{each}")) for each in option.choices)
    return _named(name, talk.say(f"option.{option.name}"), *choices)


def _named(code: str, meaning: str, *below: Item) -> Item:
    says_more = (Text(f" — {meaning}"),) if meaning != code else ()
    return Item((Text(code, code=True), *says_more), (Bullets(below),) if below else ())


def _emoji(talk: Conversation) -> dict[str, str]:
    emoji = talk.emoji
    kinds = " ".join(getattr(emoji, kind) for kind in Kind)
    return {"bookmark": emoji.bookmark, "kinds": kinds, "undo": emoji.undo}
