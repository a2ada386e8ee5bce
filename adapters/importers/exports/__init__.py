"""What other programs write out, one file a form. A new form is one file, one line here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from adapters.importers.exports import (
    bookmarks,
    chrome,
    discord_export,
    elcurator,
    firefox,
    instapaper,
    karakeep,
    linkwarden,
    messenger,
    omnivore,
    opml,
    pinboard,
    pocket,
    raindrop,
    readability,
    readwise,
    slack_export,
    wallabag,
    whatsapp,
)
from adapters.importers.exports.opened import Opened
from bot.domain.archives import Archive, Form


class Export(Protocol):
    """A module of this package. Both raise `UserError` for a file that is damaged or too much."""

    FORM: Form

    def recognise(self, file: Opened) -> bool:
        """Tell by what only this program writes: there is no guessing."""

    def parse(self, file: Opened) -> Archive:
        """Return what is in it; of a file of another form, what fits, maybe nothing."""


EXPORTS: Sequence[Export] = (
    bookmarks,
    pocket,
    opml,
    chrome,
    firefox,
    karakeep,
    linkwarden,
    wallabag,
    pinboard,
    readability,
    elcurator,
    discord_export,
    messenger,
    raindrop,
    instapaper,
    readwise,
    whatsapp,
    slack_export,
    omnivore,
)


def find_export(file: Opened) -> Export | None:
    return next((export for export in EXPORTS if export.recognise(file)), None)
