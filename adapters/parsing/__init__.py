"""Documents from outside taken apart where they can do no harm: in processes of their own."""

from __future__ import annotations

from adapters.parsing.download import UNKNOWN, Download, Version
from adapters.parsing.exchange import ParsingLimits
from adapters.parsing.once import parse_once
from adapters.parsing.pool import Parsers

__all__ = ["UNKNOWN", "Download", "Parsers", "ParsingLimits", "Version", "parse_once"]
