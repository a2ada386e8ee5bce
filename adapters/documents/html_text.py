"""One line of HTML: every text escaped, every address checked."""

from __future__ import annotations

from markupsafe import Markup, escape

from adapters.documents.safe_text import safe_inline
from bot.posts import Anchor, Inline, Inlines, Reference, Text

_DOT = " · "
_STYLES = {
    "code": Markup("<code>{}</code>"),
    "emphasis": Markup("<em>{}</em>"),
    "strong": Markup("<strong>{}</strong>"),
}


def html_line(inlines: Inlines) -> Markup:
    line = Markup("").join(_inline(inline) for inline in inlines)
    # A number or a dot at the start of a line belongs to nothing. What a text says of tags is
    # escaped by now.
    return line.replace(" <sup>", Markup("&nbsp;<sup>")).replace(_DOT, Markup("&nbsp;· "))


def html_parts(inlines: Inlines) -> Markup:
    """Return a line of counts that breaks between its parts before it breaks inside one."""
    if not all(isinstance(inline, Text) for inline in inlines):
        return html_line(inlines)
    parts = "".join(safe_inline(inline).text for inline in inlines).split(_DOT)
    if len(parts) == 1:
        return html_line(inlines)
    return Markup(" · ").join(Markup("<span>{}</span>").format(part) for part in parts)


def _inline(inline: Inline) -> Markup:
    shown = safe_inline(inline)
    if isinstance(shown, Anchor):
        return Markup('<a href="{}">{}</a>').format(shown.url, shown.text)
    if isinstance(shown, Reference):
        template = Markup('<sup><a id="to-{0}" href="#{0}">{1}</a></sup>')
        return template.format(shown.key, shown.text)
    marked = escape(shown.text)
    for name, template in _STYLES.items():
        if getattr(shown, name):
            marked = template.format(marked)
    return marked
