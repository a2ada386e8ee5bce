"""Which language a member speaks. Discord tells it with interactions only, messages have none."""

from __future__ import annotations

from collections import OrderedDict

import discord

from adapters.discord.events import language_of
from bot.text.languages import spoken_language
from bot.texts import DEFAULT_LANGUAGE, LANGUAGES

KNOWN_AT_MOST = 10_000


class Languages:
    """Each member's language as they showed it last; known until the program ends."""

    def __init__(self) -> None:
        self._known: OrderedDict[int, str] = OrderedDict()

    def learn(self, interaction: discord.Interaction) -> None:
        user, language = interaction.user.id, language_of(interaction)
        self._known.pop(user, None)  # also of who changed to a language that is none of ours
        if language:
            self._known[user] = language
        if len(self._known) > KNOWN_AT_MOST:
            self._known.popitem(last=False)

    def guess(self, user: int, words: str = "") -> str:
        """Return what a member's Discord is in, else what they wrote in; "" for neither."""
        return self._known.get(user) or spoken_language(words)


def language_of_guild(guild: discord.Guild) -> str:
    """Return a guild's own language; "" for English, which is what it has where nobody chose."""
    language = guild.preferred_locale.value.partition("-")[0]
    return language if language in LANGUAGES and language != DEFAULT_LANGUAGE else ""
