"""One line of HTML: every text escaped, every address checked."""

from __future__ import annotations

from markupsafe import Markup, escape

from adapters.documents.safe_text import safe_inline
from bot.posts import Anchor, Inline, Inlines, Reference

_STYLES = {
    "code": Markup("<code>{}</code>"),
    "emphasis": Markup("<em>{}</em>"),
    "strong": Markup("<strong>{}</strong>"),
}


def html_line(inlines: Inlines) -> Markup:
    line = Markup("").join(_inline(inline) for inline in inlines)
    # A number alone on a line belongs to nothing. What a text says of tags is escaped by now.
    return line.replace(" <sup>", Markup("&nbsp;<sup>"))


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
