"""Every command that can be called in chat, in the order of the help."""

from __future__ import annotations

from bot.commands.asking import ASK
from bot.commands.concepts import CONCEPTS
from bot.commands.digesting import DIGEST
from bot.commands.feeding import FEEDS
from bot.commands.helping import HELP
from bot.commands.listing import LINKS
from bot.commands.saving import SAVE
from bot.commands.settings import SETTINGS
from bot.commands.status import STATUS
from bot.commands.subscribing import SUBSCRIPTIONS
from bot.commands.subscription_options import SUBSCRIBE

SPECS = (
    DIGEST,
    SUBSCRIBE,
    SUBSCRIPTIONS,
    ASK,
    LINKS,
    CONCEPTS,
    SAVE,
    FEEDS,
    SETTINGS,
    STATUS,
    HELP,
)
