"""One line of Markdown, escaped only where GitHub would read a mark into it. Knows no blocks."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import replace
from typing import TypeGuard

from adapters.documents.safe_text import one_line, safe_inline
from bot.posts import Anchor, Inline, Inlines, Reference, Text

# Each alternative is a place where a mark would be read. What none of them matches stays as a
# person would write it: `snake_case`, `a < b`, `2 * 3`, `[who]`.
_MARK = re.compile(
    r"""
      \\(?=[!-/:-@\[-`{-~]|$)          # an escape
    | `                                # code
    | (?<!\s)\* | \*(?!\s)             # emphasis
    | (?<![^\W_])_ | _(?![^\W_])       # emphasis, not inside a word
    | <(?=[A-Za-z/!?])                 # a tag
    | &(?=\#?\w+;)                     # an entity
    | !(?=\[)                          # a picture
    | \](?=\()                         # a link
    | \[(?=\^)                         # a footnote
    | (?<=:)/(?=/)                     # an address, which GitHub links wherever it stands
    | (?<=\bwww)\.                     # the same
    """,
    re.VERBOSE | re.IGNORECASE,
)
# Only a pair of these means something: struck text, a formula. Koreans write ranges as 3~5.
_PAIRED_MARKS = ("~", "$")

# No backslash keeps GitHub from notifying someone, since it looks for names in the finished page.
_NAME = re.compile(r"@(?=[A-Za-z0-9])")
_NAME_OF_NOBODY = "@\u200b"  # a space without width

# Jekyll, which GitHub Pages run on every Markdown file, acts on {{ and {% wherever they stand, and
# its Markdown reads attributes from {: and {#. No backslash keeps it from that.
_BRACE = re.compile(r"\{(?=[{%:#])")
_BRACE_OF_NOBODY = "&#123;"

# At the start of a line these would make another block of it: a heading, a list, a quote,
# a rule, a box to tick, the definition of a link or a word.
_BLOCK_MARK = re.compile(
    r"""
      \#{1,6}(?=\s|$)
    | [-+](?=\s|$)
    | (?<=\d)[.)](?=\s|$)
    | >
    | -{3} | -(?=[-\s]*$)              # of two, an item's own dash makes three
    | :(?=\s)
    | \[(?=[^\]]*\]: | [ xX]\]\s)
    """,
    re.VERBOSE,
)
_NUMBER = re.compile(r"\d{1,9}(?=[.)](?:\s|$))")


def line_of(inlines: Inlines, *, starts_block: bool = True, also: str = "") -> str:
    """Return inlines as one line. `starts_block`: a mark for a block could be read at its start.

    `also`: characters that this Markdown reads as marks, too.
    """
    runs = _joined(map(safe_inline, inlines))
    marks = _pairs("".join(run.text for run in runs)) + also
    line = ""
    for run, following in zip(runs, [*runs[1:], None], strict=False):
        line += _run(run, marks, before=line[-1:], after=_first_mark(following))
    line = " ".join(line.split())
    is_plain = bool(runs) and isinstance(runs[0], Text) and not _style(runs[0])
    return _escape_start(line) if starts_block and is_plain else line


def label_of(text: str, *, also: str = "") -> str:
    """Return text that can stand between the brackets of a link or a picture."""
    label = " ".join(one_line(text).split())
    brackets = "" if _has_harmless_brackets(label) else "[]"
    escaped = _escape(label, _pairs(label) + brackets + also, before="[", after="]")
    # GitHub links no bare address inside brackets: a link without a title reads as its address.
    bare = escaped.replace(":\\//", "://").replace("www\\.", "www.")
    return f"\\{bare}" if bare.startswith("^") else bare  # else it points to a footnote


def without_braces(text: str) -> str:
    """Return HTML or Markdown in which no braces are read as instructions."""
    return _BRACE.sub(_BRACE_OF_NOBODY, text)


def _run(run: Inline, pairs: str, *, before: str, after: str) -> str:
    if isinstance(run, Anchor):
        return f"[{label_of(run.text, also=pairs.strip('~$'))}]({run.url})"
    if isinstance(run, Reference):
        return f"[^{run.key}]"
    inner = run.text.strip()
    if not inner or not _style(run):
        return _escape(run.text, pairs, before=before, after=after)
    start, _, end = run.text.partition(inner)
    return f"{start}{_styled(run, inner, pairs, before=start or before, after=end or after)}{end}"


def _styled(run: Text, inner: str, pairs: str, *, before: str, after: str) -> str:
    if run.code:
        return _code(inner, pairs)
    content = _escape(inner, pairs, before="*", after="*")
    mark = "*" * (2 * run.strong + run.emphasis)
    if _marks_are_read(before, inner, after):
        return f"{mark}{content}{mark}"
    # `**RAG(검색)**은` stays raw on GitHub: a mark between punctuation and a letter is not read.
    names = [name for name, is_set in (("strong", run.strong), ("em", run.emphasis)) if is_set]
    opened = "".join(f"<{name}>" for name in names)
    return f"{opened}{content}{''.join(f'</{name}>' for name in reversed(names))}"


def _marks_are_read(before: str, inner: str, after: str) -> bool:
    """Apply the flanking rules of CommonMark 6.2 to marks around `inner`."""
    if before == "*":
        return False  # it would join the mark that ends just before
    opens = not _is_punctuation(inner[0]) or not before or not _is_letter(before)
    closes = not _is_punctuation(inner[-1]) or not after or not _is_letter(after)
    return opens and closes


def _code(text: str, marks: str) -> str:
    own = marks.strip("".join(_PAIRED_MARKS))
    if _BRACE.search(text) or any(mark in text for mark in own):
        # Between backticks nothing can be escaped, and Jekyll looks there, too.
        return f"<code>{_escape(text, _pairs(text) + own, before='>', after='<')}</code>"
    longest = max(map(len, re.findall(r"`+", text)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{fence}{pad}{text}{pad}{fence}"


def _escape(text: str, also: str, *, before: str, after: str) -> str:
    """Escape the marks in `text` and the characters in `also`.

    The neighbours tell what would be read as a mark.
    """
    whole = f"{before}{text}{after}"
    last = len(before) + len(text)
    marks = {found.start() for found in _MARK.finditer(whole)}
    escaped = (
        f"\\{each}" if index in marks or each in also else each
        for index, each in enumerate(whole)
        if len(before) <= index < last
    )
    inert = "".join(escaped)
    if inert.endswith("{") and _BRACE.match(f"{{{after}"):
        inert = inert[:-1] + _BRACE_OF_NOBODY
    return _NAME.sub(_NAME_OF_NOBODY, without_braces(inert))


def _escape_start(line: str) -> str:
    number = _NUMBER.match(line)
    found = _BLOCK_MARK.match(line, number.end() if number else 0)
    return f"{line[: found.start()]}\\{line[found.start() :]}" if found else line


def _joined(inlines: Iterable[Inline]) -> list[Inline]:
    """Join neighbours of one style: their marks would run into each other."""
    runs: list[Inline] = []
    for inline in inlines:
        last = runs[-1] if runs else None
        if not inline.text or (not runs and inline.text.isspace()):
            continue
        if _is_text(last) and _is_text(inline) and _style(last) == _style(inline):
            runs[-1] = replace(last, text=last.text + inline.text)
        else:
            runs.append(inline)
    return runs


def _is_text(inline: Inline | None) -> TypeGuard[Text]:
    return isinstance(inline, Text) and not isinstance(inline, Reference)


def _pairs(text: str) -> str:
    return "".join(mark for mark in _PAIRED_MARKS if text.count(mark) > 1)


def _style(text: Text) -> str:
    if text.code:
        return "code"
    return f"{'strong' if text.strong else ''}{'emphasis' if text.emphasis else ''}"


def _first_mark(run: Inline | None) -> str:
    match run:
        case None:
            return ""
        case Anchor() | Reference():
            return "["
        case Text(code=True):
            return "`"
        case Text() if _style(run) and not run.text[:1].isspace():
            return "*"
        case Text(text):
            return text[:1]


def _has_harmless_brackets(label: str) -> bool:
    if re.search(r"\\|\]\(|\]\[|\[\^", label):
        return False
    depth = 0
    for bracket in re.findall(r"[\[\]]", label):
        depth += 1 if bracket == "[" else -1
        if depth < 0:
            return False
    return depth == 0


def _is_punctuation(character: str) -> bool:
    return unicodedata.category(character)[0] in "PS"


def _is_letter(character: str) -> bool:
    return not character.isspace() and not _is_punctuation(character)
