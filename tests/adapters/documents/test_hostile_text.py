"""Text from outside stays text: every format is read back by a parser, which must find no more."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import lxml.html
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from adapters.documents.html import write_html
from adapters.documents.markdown import write_jekyll, write_markdown
from adapters.documents.plain import write_plain
from adapters.documents.safe_text import one_line, safe_address, safe_inline
from bot.posts import (
    Anchor,
    Block,
    Bullets,
    Fold,
    Footnotes,
    Heading,
    Inlines,
    Item,
    Paragraph,
    Picture,
    Post,
    Quote,
    Reference,
    Text,
)

HOSTILE = [
    "<script>alert(1)</script>",
    "</summary></details><img src=x onerror=alert(1)>",
    "<!-- comment",
    "](https://evil.example)",
    "[click](https://evil.example)",
    "![pixel](https://evil.example/p.png)",
    "[a]: https://evil.example",
    "[^1]: note",
    "<https://evil.example>",
    "https://evil.example and www.evil.example",
    "# heading",
    "- item",
    "1. item",
    "123456789) item",
    "> quote",
    "---",
    "***",
    "```",
    "~~~",
    "~~gone~~",
    "$x$ and $y$",
    "| a | b |",
    "[x] done",
    "`code`",
    "&lt;b&gt; &#64;",
    "ends with a backslash \\",
    "**bold** __bold__ *it* _it_",
    "snake_case __init__ _x_",
    "@octocat and @here",
    "\x1b[31mred\x07",
    "\u202egnp.exe",
    "\n\n# after a break",
    "    indented",
    "C# and F #",
    "#",
    "=",
    "{{ site.github.token }}",
    "{% include secret.html %}",
    "{{ '{% endraw %}' }}",
    "{: onclick='alert(1)'}",
    "title {#id}",
    ": meaning",
    "see [^ref-n-1]",
    "[^ref-n-1]: note",
]
MARKUP = st.text(
    alphabet=st.sampled_from("ab가 1.#-+*_`~$<>&!?/\\[]()|:=@\n\t\x00^{}\"'x"), max_size=30
)
TEXTS = st.one_of(st.sampled_from(HOSTILE), MARKUP, st.text(max_size=20))
WEB = "https://good.example/a"
INLINES = st.lists(
    st.one_of(
        st.builds(
            Text, TEXTS, strong=st.booleans(), emphasis=st.booleans(), code=st.just(value=False)
        ),
        st.builds(Text, TEXTS, code=st.just(value=True)),
        st.builds(Anchor, TEXTS, st.sampled_from([WEB, "javascript:alert(1)", "/inside", ""])),
    ),
    min_size=1,
    max_size=4,
).map(tuple)

# GitHub's dialect as far as this parser knows it. What GitHub adds is looked for as text below.
GITHUB = MarkdownIt("commonmark").enable(["table", "strikethrough"])
BARE_ADDRESS = re.compile(r"(?:https?|ftp)://\S|\bwww\.\S", re.IGNORECASE)


def flat(tokens: list[Token]) -> Iterator[Token]:
    for token in tokens:
        yield token
        yield from flat(token.children or [])


def shown_as(inlines: Inlines) -> str:
    return " ".join("".join(safe_inline(inline).text for inline in inlines).split())


def read_back(tokens: list[Token]) -> str:
    """Return what a reader sees of the tokens."""
    parts = (
        token.content
        for token in flat(tokens)
        if token.type in {"text", "code_inline", "text_special"}
    )
    return " ".join("".join(parts).replace("\u200b", "").split())


def as_block(kind: str, inlines: Inlines) -> Block:
    match kind:
        case "heading":
            return Heading(inlines)
        case "quote":
            return Quote(inlines)
        case "item":
            return Bullets((Item(inlines),))
        case "numbered":
            return Bullets((Item(inlines),), is_ordered=True)
        case _:
            return Paragraph(inlines)


BLOCKS = {
    "heading": ["heading_open"],
    "quote": ["blockquote_open", "paragraph_open"],
    "item": ["bullet_list_open", "list_item_open", "paragraph_open"],
    "numbered": ["ordered_list_open", "list_item_open", "paragraph_open"],
    "paragraph": ["paragraph_open"],
}


@given(INLINES, st.sampled_from(sorted(BLOCKS)))
@example((Text("[a]"), Anchor("x\x00", "javascript:1"), Text("(https://evil.example)")), "item")
@example((Text("wow!"), Anchor("x", WEB)), "paragraph")
@example((Text("#"),), "heading")
@example((Anchor("x", WEB),), "item")
@example((Text("a)", strong=True), Text("은"), Text("b", emphasis=True)), "paragraph")
def test_markdown_says_what_was_meant_and_no_more(inlines: Inlines, kind: str) -> None:
    expected = shown_as(inlines)

    tokens = GITHUB.parse(write_markdown(Post((as_block(kind, inlines),))))

    assert read_back(tokens) == expected.replace("\u200b", "")
    opened = [token.type for token in tokens if token.nesting == 1]
    assert opened == (BLOCKS[kind] if expected else opened)
    assert [token for token in flat(tokens) if token.type in {"image", "fence", "hr"}] == []


@given(INLINES)
def test_markdown_links_only_where_the_core_set_a_link(inlines: Inlines) -> None:
    tokens = list(flat(GITHUB.parse(write_markdown(Post((Paragraph(inlines),))))))

    links = [token.attrs["href"] for token in tokens if token.type == "link_open"]
    assert links == [WEB for inline in inlines if isinstance(inline, Anchor) and inline.url == WEB]


@given(INLINES)
def test_markdown_holds_no_tag_but_its_own(inlines: Inlines) -> None:
    tokens = list(flat(GITHUB.parse(write_markdown(Post((Paragraph(inlines),))))))

    tags = {token.content for token in tokens if token.type in {"html_inline", "html_block"}}
    assert tags <= {"<strong>", "</strong>", "<em>", "</em>", "<code>", "</code>"}


@given(INLINES, st.sampled_from(sorted(BLOCKS)))
@example((Text("{"), Text("{ site.secret }}", code=True)), "item")
@example((Text("{"), Text("% include x %}", strong=True)), "item")
@example((Anchor("x", WEB), Text("{: onclick='x'}")), "heading")
@example((Text("{{*a*}} | b", code=True),), "paragraph")
def test_jekyll_finds_no_instruction_no_attribute_and_no_table(inlines: Inlines, kind: str) -> None:
    written = write_jekyll(Post((as_block(kind, inlines),)), front={})

    body = written.partition("---\n---\n")[2]
    assert not re.search(r"\{[{%:#]", body)
    assert not re.search(r"(?<!\\)\|", body)
    assert read_back(GITHUB.parse(body)) == shown_as(inlines).replace("\u200b", "")


@given(TEXTS)
def test_a_title_cannot_leave_the_front_matter(title: str) -> None:
    written = write_jekyll(Post((Paragraph((Text("end"),)),)), front={"title": one_line(title)})

    opened, field, closed, *rest = written.split("\n")
    assert (opened, closed, rest) == ("---", "---", ["", "end", ""])
    assert json.loads(field.removeprefix("title: ")) == one_line(title)


@given(INLINES)
def test_a_text_points_to_no_footnote(drawn: Inlines) -> None:
    inlines = tuple(each for each in drawn if isinstance(each, Anchor) or not each.code)
    key = Reference("[1]", key="ref-n-1")
    notes = Footnotes((Item(inlines),), is_ordered=True, keys=("ref-n-1",))

    written = write_markdown(Post((Paragraph((*inlines, Text(" "), key)), notes)))

    assert len(re.findall(r"(?<!\\)\[\^", written)) == 2


@given(TEXTS)
def test_markdown_leaves_no_bare_address_and_no_name_for_github_to_link(text: str) -> None:
    written = write_markdown(Post((Bullets((Item((Text(text),)),)),)))

    assert not BARE_ADDRESS.search(written)
    assert not re.search(r"@[A-Za-z0-9]", written)


@given(INLINES)
def test_a_fold_in_markdown_cannot_be_closed_from_inside(inlines: Inlines) -> None:
    post = Post((Fold(inlines, (Paragraph(inlines),)), Paragraph((Text("end"),))))

    written = write_markdown(post)

    assert written.splitlines().count("</details>") == 1
    first_line = written.splitlines()[0]
    (summary,) = lxml.html.fragment_fromstring(first_line).xpath("//summary")
    assert " ".join(summary.text_content().split()) == shown_as(inlines)
    assert set(summary.xpath("//@href")) <= {WEB}


@given(st.text(max_size=20), TEXTS)
def test_a_picture_in_markdown_stays_one_picture(name: str, alt: str) -> None:
    written = write_markdown(Post((Picture(f"{name}.png", alt),)))

    (token,) = [token for token in flat(GITHUB.parse(written)) if token.type == "image"]
    assert "://" not in str(token.attrs["src"])


@given(INLINES, TEXTS)
def test_a_page_shows_what_was_meant_and_no_more(inlines: Inlines, title: str) -> None:
    post = Post((Paragraph(inlines), Fold(inlines, ()), Picture("a.png", title, b"png")))

    page = lxml.html.document_fromstring(write_html(post, title=title))

    assert {element.tag for element in page.xpath("//main//*")} <= {
        *("p", "a", "strong", "em", "code", "details", "summary", "img"),
    }
    assert " ".join(page.xpath("//p")[0].text_content().split()) == shown_as(inlines)
    assert set(page.xpath("//main//@href")) <= {WEB}
    assert not page.xpath("//@*[starts-with(name(), 'on')]")


@given(INLINES)
def test_text_for_a_terminal_moves_no_cursor(inlines: Inlines) -> None:
    written = write_plain(Post((Heading(inlines, level=1), Bullets((Item(inlines),)))))

    assert all(each == "\n" or each.isprintable() or not _moves(each) for each in written)


def _moves(character: str) -> bool:
    return ord(character) < 32 or 0x7F <= ord(character) < 0xA0 or character in "\u202e\u2066"


@given(st.text())
def test_an_address_is_a_web_address_or_nothing(url: str) -> None:
    address = safe_address(url)

    assert not address or re.fullmatch(r"(?i)https?://[^\s\"()<>\\`|]+", address)


@pytest.mark.parametrize(
    "text", ["snake_case", "a < b", "2 * 3 * 4", "[who] said", "C# & F#", "R&D"]
)
def test_plain_words_are_not_cluttered(text: str) -> None:
    assert write_markdown(Post((Paragraph((Text(text),)),))) == f"{text}\n"


def test_an_item_of_dashes_is_no_rule() -> None:
    written = write_markdown(Post((Bullets((Item((Text("--"),)),)),)))

    assert written.strip() == "- \\--"


def test_a_link_called_as_a_footnote_is_a_link() -> None:
    written = write_markdown(Post((Paragraph((Anchor("^1", "https://acme.example/a"),)),)))

    assert written.strip() == "[\\^1](https://acme.example/a)"


def test_a_link_without_a_title_reads_as_its_address() -> None:
    anchor = Anchor("", "https://www.example.org/a(b)")

    assert write_markdown(Post((Paragraph((anchor,)),))) == (
        "[https://www.example.org/a%28b%29](https://www.example.org/a%28b%29)\n"
    )
