"""Markdown as named parts."""

from __future__ import annotations

from adapters.fetching.sections import drop_front_matter, markdown_parts
from bot.domain.models import PagePart


def text_of(markdown: str) -> str:
    return "\n\n".join(each.text for each in markdown_parts(markdown))


def test_a_part_for_each_heading_and_what_is_above_the_first() -> None:
    found = markdown_parts(
        "Above.\n\n# 하나\n\nOne.\n\n#### deep\n\nStill one.\n\nTwo\n---\n\nx\n\n# Empty"
    )

    assert found == (
        PagePart("", "Above."),
        PagePart("하나", "One.\n\ndeep\n\nStill one."),
        PagePart("Two", "x"),
    )


def test_what_is_only_for_the_eye_is_left_out() -> None:
    markdown = (
        "[![badge](https://b/x.svg)](https://b) ![logo](x.png)\n\n"
        "<!-- a comment -->\n\n<p align=center><b>Bold</b> words</p>\n\n"
        "See [the *docs*](https://d) and `code`.<br>Next."
    )

    assert text_of(markdown) == "Bold words\n\nSee the docs and code.\nNext."


def test_lists_tables_and_code_keep_their_form() -> None:
    table, code = "| x | y |\n|---|---|\n| 1 |  |", "```py\nif x:\n    y | |\n```"
    markdown = f"- a\n- b\n  - c\n\n1. d\n\n{table}\n\n{code}\n"

    assert text_of(markdown) == "- a\n- b\n- c\n\n- d\n\nx | y\n1\n\n```py\nif x:\n    y | |\n```"


def test_front_matter_is_dropped_only_at_the_head() -> None:
    assert drop_front_matter("---\na: 1\n---\n# T") == "# T"
    assert drop_front_matter("# T\n---\na: 1\n---\n") == "# T\n---\na: 1\n---\n"
