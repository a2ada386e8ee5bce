"""Which of our languages a machine's owner reads, told by the locale."""

from __future__ import annotations

from collections.abc import Mapping


def machine_language(environment: Mapping[str, str]) -> str:
    """Return "ko" under a Korean locale, else "en". JUBO_LANGUAGE comes first where it is set."""
    for name in ("JUBO_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        if value := environment.get(name):
            return "ko" if value.lower().startswith("ko") else "en"
    return "en"
