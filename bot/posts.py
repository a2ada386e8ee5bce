"""What the bot says: a platform-neutral tree of blocks.

Renderers alone know markup, escaping and limits.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias

from bot.domain.models import ChannelId

_NO_CHANNEL = ChannelId("")


@dataclass(frozen=True, slots=True)
class Text:
    text: str
    strong: bool = False
    emphasis: bool = False
    code: bool = False


@dataclass(frozen=True, slots=True)
class Anchor:
    """A link in running text. The core made it: renderers may trust `url`, never `text`."""

    text: str
    url: str


@dataclass(frozen=True, slots=True)
class ChannelName(Text):
    """A channel: where it is one, a platform shows its name, to who may see it. `text` else."""

    channel: ChannelId = _NO_CHANNEL


@dataclass(frozen=True, slots=True)
class Reference(Text):
    """A number that points to a footnote, in brackets; the `key` says to which."""

    key: str = ""


Inline: TypeAlias = Text | Anchor | ChannelName | Reference
Inlines: TypeAlias = tuple[Inline, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    inlines: Inlines
    level: int = 2  # 1 is the title of a document


@dataclass(frozen=True, slots=True)
class Paragraph:
    inlines: Inlines


@dataclass(frozen=True, slots=True)
class Context:
    """Small print: where from, when, by which engine."""

    inlines: Inlines


@dataclass(frozen=True, slots=True)
class Item:
    inlines: Inlines
    blocks: tuple[Block, ...] = ()  # nested lists, foldable parts


@dataclass(frozen=True, slots=True)
class Bullets:
    items: tuple[Item, ...]
    is_ordered: bool = False


@dataclass(frozen=True, slots=True)
class Footnotes(Bullets):
    """What the references of a document point to: an ordered list, a key an item.

    Whoever draws no references shows the list, whose numbers are theirs.
    """

    keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Fold:
    """A part that readers unfold."""

    summary: Inlines
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Quote:
    inlines: Inlines


@dataclass(frozen=True, slots=True)
class Picture:
    """An image file with its description in words. `data` is a PNG."""

    name: str
    alt: str
    data: bytes = field(repr=False, default=b"")


@dataclass(frozen=True, slots=True)
class Form:
    """A command's form with what stands now, by option; what no input shows is sent back too."""

    command: str
    options: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Button:
    """`action` names the handler, `value` is given back to it. At most 80 characters of label.

    `form`: where the platform has forms, a press opens that command's instead, filled in.
    """

    label: str
    action: str
    value: str = ""
    form: Form | None = None


@dataclass(frozen=True, slots=True)
class Buttons:
    buttons: tuple[Button, ...]


@dataclass(frozen=True, slots=True)
class Select:
    """A menu of at most 25 choices, as (label, value); choosing one presses `action` with it."""

    label: str
    action: str
    choices: tuple[tuple[str, str], ...]
    chosen: str = ""  # the value that stands now


Block: TypeAlias = (
    Heading | Paragraph | Context | Bullets | Footnotes | Fold | Quote | Picture | Buttons | Select
)


@dataclass(frozen=True, slots=True)
class Post:
    """One message: `blocks` are read at once, `thread` holds its replies.

    `is_ephemeral`: only the member it answers may see it. `language`: of the post as a whole,
    "" where that is the language of the talk it is part of.
    """

    blocks: tuple[Block, ...]
    thread: tuple[Post, ...] = ()
    is_ephemeral: bool = False
    language: str = ""


def text_of(inlines: Inlines) -> str:
    return "".join(inline.text for inline in inlines)


def paragraph(*parts: str | Inline) -> Paragraph:
    return Paragraph(tuple(Text(part) if isinstance(part, str) else part for part in parts))


def say(text: str, *, language: str, is_ephemeral: bool = False) -> Post:
    """Return the simplest post: one paragraph."""
    return Post((paragraph(text),), is_ephemeral=is_ephemeral, language=language)
