"""One line of Discord's Markdown: what comes from outside is escaped, links stay whole.

Discord reads Markdown with expressions of its own (Khan Academy's simple-markdown), not CommonMark:
`**RAG(검색)**은` is bold, no escape keeps a bracket from ending a link's label, and a label that
holds an address is no label.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

import regex

from adapters.discord.limits import LINK_ADDRESS, LINK_LABEL
from bot.posts import Anchor, ChannelName, Inline, Text
from bot.text import graphemes
from bot.text.printable import is_control

_REPLACEMENT = "\ufffd"  # what stands for half of a surrogate pair
_NOTHING = "\u200b"  # a space without width

# Where Discord would read a mark. `a < b` and `3~5` mean nothing to it.
_MARK = re.compile(
    r"""
      [\\`*_]                                     # an escape, code, emphasis
    | ~(?=~) | (?<=~)~                            # struck
    | \|(?=\|) | (?<=\|)\|                        # a spoiler
    | <(?=\S)                                     # a mention, an emoji, a time, an address
    | @(?=everyone|here)
    | :(?=//)                                     # an address, which Discord links by itself
    | (?<=discord)\.(?=gg|com) | (?<=discordapp)\.(?=com)  # an invitation
    """,
    re.VERBOSE | re.IGNORECASE,
)
# As the first word of a line these would make a heading, small print, a list or a quote of it.
_STARTS_BLOCK = re.compile(r"#{1,3}|-\#|[-+>]|>>>")
_NUMBER = re.compile(r"\d+(?=[.)]$)")
_WEB = re.compile(r"https?://[^/\s]", re.IGNORECASE)
_SCHEME = re.compile(r"\b\w+://")  # from its beginning only: long words stay cheap
_ENDS_ADDRESS = re.compile(r"""[\s"()<>\\`|\[\]]""")
_NESTED = re.compile(r"\[[^\[\]]*\]")


@dataclass(frozen=True, slots=True)
class Token:
    """A word, a blank or a link: what is not cut. `mark` goes around a run of them."""

    text: str
    mark: str = ""
    is_link: bool = False

    @property
    def is_blank(self) -> bool:
        return self.text == " "


def tokens_of(inlines: Iterable[Inline]) -> tuple[Token, ...]:
    """Return a line's tokens, escaped; blanks are single, none stands at either end."""
    runs = _joined(_clean(each) for each in inlines)
    tokens: list[Token] = []
    for run in runs:
        for token in _tokens(run):
            if not (token.is_blank and (not tokens or tokens[-1].is_blank)):
                tokens.append(token)
    while tokens and tokens[-1].is_blank:
        tokens.pop()
    return tuple(tokens)


def write(tokens: Sequence[Token], *, starts_line: bool) -> str:
    """Return tokens as Markdown, marks around each run of one style."""
    written = ""
    for mark, group in groupby(tokens, key=lambda token: token.mark):
        chunk = _marked("".join(token.text for token in group), mark)
        if written[-1:] == "*" and chunk[:1] == "*":
            written += _NOTHING  # `**a***b*` would be read as something else
        written += chunk
    return _escape_start(written) if starts_line and tokens and not tokens[0].mark else written


def length_of(token: Token, *, after: Token | None) -> int:
    """Return how long a token may make a line; never less than what `write` makes of it."""
    marks = 0 if after is not None and after.mark == token.mark else 2 * len(token.mark) + 3
    return len(token.text) + marks


def cut_word(token: Token, *, limit: int) -> Iterator[Token]:
    """Cut a word that is too long for any line, between characters as people see them."""
    piece = ""
    for unit in regex.findall(r"\\\X|\X", token.text):
        for part in (unit[start : start + limit] for start in range(0, len(unit), limit)):
            if piece and len(piece) + len(part) > limit:
                yield replace(token, text=piece)
                piece = ""
            piece += part
    if piece:
        yield replace(token, text=piece)


def shorten(text: str, limit: int) -> str:
    """Cut plain text, made one line, between characters as people see them."""
    return graphemes.shorten(one_line(text).strip(), limit)


def _tokens(run: Inline) -> Iterator[Token]:
    if isinstance(run, Anchor):
        yield from _link(run)
        return
    if isinstance(run, ChannelName) and run.channel.isdecimal():
        yield Token(f"<#{run.channel}>", is_link=True)
        return
    mark = _mark_of(run)
    text = run.text if run.code else _escape(run.text)
    # Discord looks for the end of a label across escapes and code, also behind a link of ours.
    text = text.replace("](", f"]{_NOTHING}(")
    for part in re.split(r"( )", text):
        if part:
            yield Token(part, mark)


def _link(anchor: Anchor) -> Iterator[Token]:
    address = _address(anchor.url)
    label = _label(anchor.text)
    if not address:
        yield from _tokens(Text(anchor.text or anchor.url))
    elif not label:
        yield Token(f"<{address}>", is_link=True)
    elif len(label) > LINK_LABEL:
        yield from _tokens(Text(f"{anchor.text} "))
        yield Token(f"[↗](<{address}>)", is_link=True)
    else:
        # The angle brackets keep Discord from unfolding the page below the message.
        yield Token(f"[{label}](<{address}>)", is_link=True)


def _label(text: str) -> str:
    """Return a title as a label, "" if nothing but an address is in it.

    Discord shows a masked link raw if its label holds an address: the scheme goes.
    """
    label = _SCHEME.sub("", text).strip()
    outside = _NESTED.sub("", label)
    if "[" in outside or "]" in outside or "](" in label:
        label = label.replace("[", "［").replace("]", "］")  # the same, wider: no escape works here
    return "" if _WEB.match(text) and " " not in label else _escape(label)


def _address(url: str) -> str:
    """Return a web address that nothing in it can end early, or "" if it can be no link."""
    address = _ENDS_ADDRESS.sub(
        lambda found: "".join(f"%{byte:02X}" for byte in found[0].encode()), one_line(url).strip()
    )
    return address if _WEB.match(address) and len(address) <= LINK_ADDRESS else ""


def _escape(text: str) -> str:
    return _MARK.sub(lambda found: f"\\{found[0]}", text)


def _escape_start(line: str) -> str:
    first, blank, rest = line.partition(" ")
    number = _NUMBER.match(first)
    if number:
        first = f"{number[0]}\\{first[number.end() :]}"
    elif _STARTS_BLOCK.fullmatch(first):
        first = f"\\{first}"
    return f"{first}{blank}{rest}"


def _marked(text: str, mark: str) -> str:
    inner = text.strip(" ")
    if not mark or not inner:
        return text
    start, _, end = text.partition(inner)
    if "`" in mark:
        # A blank beside a backtick is taken off again by Discord.
        inner = f"{' ' * inner.startswith('`')}{inner}{' ' * inner.endswith('`')}"
    return f"{start}{mark}{inner}{mark[::-1]}{end}"


def _mark_of(text: Text) -> str:
    if text.code:
        longest = max(map(len, re.findall(r"`+", text.text)), default=0)
        return "`" * (longest + 1)
    return "*" * (2 * text.strong + text.emphasis)


def _clean(inline: Inline) -> Inline:
    return replace(inline, text=one_line(inline.text))


def one_line(text: str) -> str:
    """Return text on one line; what turns lines around is dropped, half characters are shown."""
    spaced = re.sub(r"\s+", " ", re.sub(r"[\ud800-\udfff]", _REPLACEMENT, text))
    return "".join(each for each in spaced if not is_control(each))


def _joined(inlines: Iterable[Inline]) -> Iterator[Inline]:
    """Join neighbours of one style: a mark may lie across their border."""
    last: Text | None = None
    for inline in inlines:
        if isinstance(inline, Anchor | ChannelName):
            if last is not None:
                yield last
            last = None
            yield inline
        elif last is not None and _style(inline) == _style(last):
            last = replace(last, text=last.text + inline.text)
        else:
            if last is not None:
                yield last
            last = inline
    if last is not None:
        yield last


def _style(text: Text) -> tuple[bool, bool, bool]:
    # Inside code nothing else is read.
    return (text.code, text.strong and not text.code, text.emphasis and not text.code)
