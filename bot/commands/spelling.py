"""Commands in our sentences, as they are called where somebody reads them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from bot.texts import Texts

# Of the commands in chat's sentences, those that are called the same on the command line. An
# argument follows the first.
_CALLED_THE_SAME = {
    "save": "jubo save",
    "links": "jubo links",
    "subscriptions": "`jubo subscriptions`",
}


def speller(commands: Iterable[str], call_of: Callable[[str], str]) -> Callable[[str], str]:
    """Return what puts `/NAME` the way `call_of` says; paths and other slashes stay."""
    calls = {name: call_of(name) for name in commands}
    names = "|".join(map(re.escape, calls))
    pattern = re.compile(rf"(?<![\w/.])/({names})(?![\w/-]|\.\w)" if calls else r"(?!)", re.ASCII)
    return lambda sentence: pattern.sub(lambda found: calls[found[1]], sentence)


def spell_for_command_line(texts: Texts) -> Texts:
    return texts.spelt(
        speller(_CALLED_THE_SAME, _CALLED_THE_SAME.__getitem__), where="command_line"
    )
