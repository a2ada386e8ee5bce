"""The styles of digests. A new style is one module here and one line in `STYLES`."""

from __future__ import annotations

from collections.abc import Mapping

from bot.domain.digests import Style
from bot.domain.styles import daily, monthly, newsletter, weekly
from bot.domain.styles.rules import StyleRules

STYLES: Mapping[Style, StyleRules] = {
    Style.WEEKLY: StyleRules(
        title=weekly.title,
        compile_sections=weekly.compile_sections,
        write_document=weekly.write_document,
        write_chat=weekly.write_chat,
    ),
    Style.DAILY: StyleRules(
        title=daily.title,
        compile_sections=daily.compile_sections,
        write_document=daily.write_document,
        write_chat=daily.write_chat,
        has_topic_sections=True,
    ),
    Style.MONTHLY: StyleRules(
        title=monthly.title,
        compile_sections=monthly.compile_sections,
        write_document=monthly.write_document,
        write_chat=monthly.write_chat,
        in_head=monthly.in_head,
    ),
    Style.NEWSLETTER: StyleRules(
        title=newsletter.title,
        compile_sections=newsletter.compile_sections,
        write_document=newsletter.write_document,
        write_chat=newsletter.write_chat,
        in_head=newsletter.in_head,
    ),
}
