"""What people read, by key and language: the sentences of ko.toml and en.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from functools import cache
from importlib import resources
from typing import Protocol

LANGUAGES = ("ko", "en")
DEFAULT_LANGUAGE = "en"


class Say(Protocol):
    """Texts bound to one language."""

    def __call__(self, key: str, /, **values: object) -> str: ...


class Texts:
    """All sentences of all languages, keys as "table.name"."""

    def __init__(
        self,
        by_language: Mapping[str, Mapping[str, str]],
        *,
        spell: Callable[[str], str] = str,
        where: str = "",
    ) -> None:
        self._by_language = by_language
        self._spell = spell
        self._where = where

    @classmethod
    def load(cls) -> Texts:
        return cls({language: _read(language) for language in LANGUAGES})

    def spelt(self, spell: Callable[[str], str], *, where: str = "") -> Texts:
        """Return the same sentences, each as `spell` puts it before its values are filled in.

        `where`: where they are read; sentence `area.WHERE.name` stands for `area.name` there.
        """
        return Texts(self._by_language, spell=spell, where=where)

    def get(self, language: str, key: str, /, **values: object) -> str:
        """Return the sentence with its values filled in; `{n}` in it stands for value `n`.

        Without such a value it stands for the sentence `how.n`.

        Raises:
            KeyError: no such sentence. A test holds that both languages have the same keys.
        """
        filled = _Values(values, lambda name: self.get(language, f"how.{name}"))
        return self._spell(self._find(language, key)).format_map(filled)

    def sentences(self, language: str) -> Mapping[str, str]:
        """Return every sentence of one language by its key."""
        return self._by_language[language]

    def has(self, key: str) -> bool:
        return key in self._sentences(DEFAULT_LANGUAGE)

    def bind(self, language: str) -> Say:
        def say(key: str, /, **values: object) -> str:
            return self.get(language, key, **values)

        return say

    def table(self, language: str, name: str) -> dict[str, str]:
        """Return one table's sentences by their short names."""
        prefix = f"{name}."
        return {
            key.removeprefix(prefix): text
            for key, text in self._sentences(language).items()
            if key.startswith(prefix)
        }

    def _find(self, language: str, key: str) -> str:
        sentences = self._sentences(language)
        area, _, name = key.rpartition(".")
        return sentences.get(f"{area}.{self._where}.{name}") or sentences[key]

    def _sentences(self, language: str) -> Mapping[str, str]:
        return self._by_language.get(language, self._by_language[DEFAULT_LANGUAGE])


class _Values(dict[str, object]):
    def __init__(self, values: Mapping[str, object], find: Callable[[str], str]) -> None:
        super().__init__(values)
        self._find = find

    def __missing__(self, name: str) -> str:
        return self._find(name)


@cache
def _read(language: str) -> Mapping[str, str]:
    raw = resources.files("bot.texts").joinpath(f"{language}.toml").read_text(encoding="utf-8")
    return dict(_flatten("", tomllib.loads(raw)))


def _flatten(prefix: str, table: Mapping[str, object]) -> list[tuple[str, str]]:
    flat: list[tuple[str, str]] = []
    for name, value in table.items():
        if isinstance(value, dict):
            flat += _flatten(f"{prefix}{name}.", value)
        else:
            flat.append((f"{prefix}{name}", str(value)))
    return flat
