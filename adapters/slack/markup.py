"""Running text as Slack's own markup, where that says exactly the same: pure.

Every client shows it, but it would read styles, emoji and quotes into words from outside, and sees
no style inside a word, as before a Korean particle. Such text goes as `rich_text` instead.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from adapters.slack.runs import Run, Runs, escape, text_of

# What styles are made of; inside a word (snake_case) it is none to Slack.
_DELIMITER = re.compile(r"(?<![^\W_])[*_~]|[*_~](?![^\W_])")
_STYLED = re.compile(r"(?<![^\W_])([*_~])(?=\S).*?\S\1(?![^\W_])")
_OTHER = re.compile(r"`|:[a-z][\w+'-]*:|^\s*>", re.MULTILINE)
_INDENT = "\N{EM SPACE}" * 2  # ordinary blanks at the beginning of a line may be dropped
_BULLETS = "•◦▪"
_ENDS = ("*", "_", "`", ">")  # of the styled text or the link before


def is_inert(text: str) -> bool:
    """Whether Slack reads nothing into these words."""
    return not (_STYLED.search(text) or _OTHER.search(text))


def styled(runs: Runs) -> str | None:
    """Return a line with its styles; None where markup would not show it as it is."""
    text = text_of(runs)
    has_styles = any(run.strong or run.emphasis or run.code for run in runs)
    if not is_inert(text) or (has_styles and _DELIMITER.search(text)):
        return None
    marked = ""
    for number, run in enumerate(runs):
        shown = _styled(run)
        after = runs[number + 1].text if number + 1 < len(runs) else ""
        if shown != _bare(run) and (_ends_in_word(marked, run) or _begins_word(run, after)):
            return None
        marked += shown
    return marked


def mrkdwn_of(runs: Sequence[Run]) -> str:
    """Return the words with nothing but their links marked up."""
    return "".join(_bare(run) for run in runs)


def bullet(indent: int) -> str:
    return f"{_INDENT * indent}{_BULLETS[min(indent, len(_BULLETS) - 1)]} "


def numbered(indent: int, number: int) -> str:
    return f"{_INDENT * indent}{number + 1}. "


def quoted(marked: str) -> str:
    return "\n".join(f"> {line}" for line in marked.split("\n"))


def _bare(run: Run) -> str:
    if run.channel:
        return f"<#{run.channel}>"
    return f"<{escape(run.url)}|{escape(run.text)}>" if run.url else escape(run.text)


def _styled(run: Run) -> str:
    """Return a run in its style, blanks at its ends outside: styles begin and end at letters."""
    core = run.text.strip()
    if not core or "\n" in core:
        return _bare(run)
    start = run.text.index(core)
    marked = _bare(Run(core, run.url, run.channel))
    for is_on, mark in ((run.code, "`"), (run.emphasis, "_"), (run.strong, "*")):
        marked = f"{mark}{marked}{mark}" if is_on else marked
    return escape(run.text[:start]) + marked + escape(run.text[start + len(core) :])


def _ends_in_word(marked: str, run: Run) -> bool:
    return (marked[-1:].isalnum() or marked[-1:] in _ENDS) and not run.text[0].isspace()


def _begins_word(run: Run, after: str) -> bool:
    return after[:1].isalnum() and not run.text[-1].isspace()
