"""What machines ask of a running bot: is it alive, is it ready, how is it doing. No secrets."""

from __future__ import annotations

from adapters.watching.http import open_watch
from adapters.watching.prometheus import PrometheusMeter

__all__ = ["PrometheusMeter", "open_watch"]
