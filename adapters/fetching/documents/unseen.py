"""What a page's own markup keeps from everybody's eyes: for programs, or for trickery."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.html import HtmlElement

# What frameworks call it: Bootstrap and Tailwind, HTML5 Boilerplate, WordPress, Drupal.
_CLASSES = {"sr-only", "visually-hidden", "visuallyhidden", "screen-reader-text"} | {
    "element-invisible"
}
_SHOWN_AFTER_ALL = "not-sr-only"  # on wider screens
_MAY_BE = (
    "/html/body//*[@hidden or @style or contains(@class, 'sr-only') or contains(@class, 'hidden')"
    " or contains(@class, 'screen-reader-text') or contains(@class, 'element-invisible')]"
)
_NOT_SHOWN = re.compile(r"\b(?:display:none|visibility:hidden)\b")
# A slide that waits for its turn is less far away.
_FAR_AWAY = re.compile(
    r"(?:^|;)(?:left|right|top|text-indent|margin-left):-(?:\d{4,}px|\d{3,}(?:r?em|%|v[wh]))"
)
_OF_NO_SIZE = re.compile(r"(?:^|;)font-size:0+(?:\.0*)?(?:[a-z]{1,4}|%)?(?:;|!|$)")
_SIZED_BELOW = ".//*[contains(@style, 'font-size') or @class]"
_COLOUR = re.compile(r"(?:^|;)color:([^;!]+)")
_BACKGROUND = re.compile(r"(?:^|;)background(?:-color)?:([^;!]+)")
_WHITE = {"#fff", "#ffffff", "rgb(255,255,255)"}
_STYLE_CHARS = 2_000


def drop_unseen(tree: HtmlElement) -> None:
    """Leave out what nobody sees, as far as that stands at the element itself.

    Style sheets and scripts are not asked: what they hide and show again nobody can tell here.
    """
    for element in tree.xpath(_MAY_BE):
        if _is_unseen(element):
            element.drop_tree()


def _is_unseen(element: HtmlElement) -> bool:
    said = element.attrib
    if "hidden" in said:
        return True
    classes = said.get("class", "")
    if _SHOWN_AFTER_ALL not in classes and not _CLASSES.isdisjoint(classes.split()):
        return True
    style = "".join(said.get("style", "")[:_STYLE_CHARS].lower().split())
    if _OF_NO_SIZE.search(style):  # what stands in it may have a size of its own
        return not element.xpath(_SIZED_BELOW)
    return bool(_NOT_SHOWN.search(style) or _FAR_AWAY.search(style)) or _is_of_one_colour(style)


def _is_of_one_colour(style: str) -> bool:
    colour, background = _COLOUR.search(style), _BACKGROUND.search(style)
    return bool(colour and background) and _named(colour) == _named(background)


def _named(found: re.Match[str] | None) -> str:
    colour = found[1] if found else ""
    return "white" if colour in _WHITE else colour
