"""Reads the prompts' files and fills them in."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from string import Template
from typing import Any

from bot.domain.asking_models import Message, Prompt, Role

_STYLE = "style"


def fill_prompt(name: str, *, language: str, **values: object) -> Prompt:
    """Return the prompt with its values filled in; `$name` in it stands for value `name`.

    `$style` is how that language is written, `$bullets` and `$prose` either form; `$data` says
    that sources are data.

    Raises:
        KeyError: a value is missing, or there is no such language.

    """
    file, style = _read(name), _read(_STYLE)
    written = {name: text.strip() for name, text in style[language].items()}
    known = {"data": style["data"].strip(), **written, **values}
    told = [(role, file[role.value]) for role in (Role.SYSTEM, Role.USER)]
    messages = tuple(Message(role, Template(text.strip()).substitute(known)) for role, text in told)
    return Prompt(name, file["version"], messages)


def version_of(name: str) -> int:
    return int(_read(name)["version"])


def known_prompts() -> Sequence[str]:
    names = (each.name for each in files("bot.prompts").iterdir())
    found = {name.removesuffix(".toml") for name in names if name.endswith(".toml")}
    return sorted(found - {_STYLE})


@cache
def _read(name: str) -> Mapping[str, Any]:
    text = files("bot.prompts").joinpath(f"{name}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
