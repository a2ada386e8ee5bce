"""Whatever is in a file that claims to be an export: a person gets a sentence, in bounded time."""

from __future__ import annotations

import io
import json
import time
import zipfile
from html import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.importers import ArchiveReaders
from adapters.importers.exports import EXPORTS as READERS_OF
from adapters.importers.exports.apart import read_here
from adapters.importers.exports.collecting import MIN_PAGE_CHARS, Collector, page_of
from adapters.importers.exports.html import Events, plain_text, read_html
from adapters.importers.exports.opened import MAX_BYTES, MAX_VALUES
from adapters.importers.exports.values import instant
from adapters.importers.exports.zipped import MAX_FILES
from bot.domain.archives import Archive, Form
from bot.domain.understanding import KEPT_CHARS
from bot.errors import UserError
from tests.adapters.importers.exports.made import EXPORTS, SLACK, zipped

LAMP = "https://lamps.example/"
READERS = ArchiveReaders(read_export=read_here)
FORMS = [export.FORM for export in READERS_OF]
KEYS = [
    *("bookmarks", "collections", "links", "url", "href", "uri", "title", "tags", "content"),
    *("messages", "guild", "channel", "id", "type", "author", "reactions", "users", "emoji"),
    *("roots", "bookmark_bar", "children", "annos", "annotations", "createdAt", "time", "name"),
    *("participants", "share", "description", "extended", "is_read", "parentId", "embeds"),
]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inside: st.lists(inside) | st.dictionaries(st.sampled_from(KEYS) | st.text(), inside),
    max_leaves=20,
)


def read_or_be_refused(data: bytes, *, form: str | None = None) -> Archive | None:
    try:
        return READERS.read("export", data, form=form)
    except UserError:
        return None


@given(st.sampled_from(sorted(EXPORTS)), st.floats(0, 1))
def test_a_file_that_breaks_off_is_read_or_refused(which: str, share: float) -> None:
    _, _, data = EXPORTS[which]

    read_or_be_refused(data[: int(len(data) * share)])


@given(st.sampled_from(sorted(EXPORTS)), st.data())
def test_a_file_with_damage_is_read_or_refused(which: str, data: st.DataObject) -> None:
    form, _, whole = EXPORTS[which]
    at = data.draw(st.integers(0, len(whole) - 1))
    damage = data.draw(
        st.binary(max_size=4) | st.sampled_from([b'"', b"<", b"{", b"\n", b",,", b"]"])
    )
    width = data.draw(st.integers(0, 40))

    damaged = whole[:at] + damage + whole[at + width :]
    read_or_be_refused(damaged)
    read_or_be_refused(damaged, form=form)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("which", EXPORTS)
def test_a_file_of_another_form_is_read_or_refused(form: Form, which: str) -> None:
    read_or_be_refused(EXPORTS[which][2], form=form)


@pytest.mark.parametrize("form", FORMS)
@given(JSON)
def test_any_json_is_read_or_refused(form: Form, value: object) -> None:
    read_or_be_refused(json.dumps([value]).encode(), form=form)
    read_or_be_refused(json.dumps({"bookmarks": value, "messages": value}).encode(), form=form)


@given(st.text() | st.integers() | st.floats() | st.none())
def test_any_value_is_a_time_or_none(value: object) -> None:
    found = instant(value)

    assert found is None or 1990 <= found.year < 2100


@pytest.mark.parametrize("unit", ["[", '{"bookmarks":', '{"children":[', '[{"a":'])
def test_json_nested_without_end_is_refused(unit: str) -> None:
    with pytest.raises(UserError, match="broken_json"):
        READERS.read("a.json", b'{"bookmarks": ' + unit.encode() * 100_000)


def test_json_of_more_values_than_any_export_is_refused() -> None:
    with pytest.raises(UserError, match="too_much"):
        READERS.read("a.json", b'{"bookmarks": [' + b"[]," * (MAX_VALUES // 2 + 1) + b"[]]}")


def test_a_file_of_a_hundred_megabytes_is_refused() -> None:
    with pytest.raises(UserError, match="too_large"):
        READERS.read("a.html", b"<!DOCTYPE NETSCAPE-Bookmark-file-1>" + b" " * MAX_BYTES)


def test_a_zip_bomb_is_refused() -> None:
    bomb = zipped({"channels.json": b"[" + b" " * (40 << 20) + b"]"})

    assert len(bomb) < 1 << 20
    with pytest.raises(UserError, match="too_much"):
        READERS.read("a.zip", bomb)


def test_files_that_are_too_much_together_are_refused() -> None:
    day = b"[" + b" " * (30 << 20) + b"]"
    days = {f"papers/2023-11-{number:02}.json": day for number in range(1, 20)}

    with pytest.raises(UserError, match="too_much"):
        READERS.read("a.zip", zipped({**SLACK, **days}))


def test_a_zip_of_endless_names_is_refused_before_they_are_read() -> None:
    with pytest.raises(UserError, match="too_much"):
        READERS.read("a.zip", b"PK\x03\x04" + b"PK\x01\x02" * (MAX_FILES + 1))


def test_names_in_a_zip_are_no_paths() -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as folder:
        for name, content in SLACK.items():
            folder.writestr(name, content)
        folder.writestr("../../etc/2023-11-14.json", b"[]")
        folder.writestr("/etc/passwd/2023-11-14.json", b"[]")

    assert len(READERS.read("a.zip", made.getvalue()).links) == 4


def test_a_zip_that_is_no_export_is_refused() -> None:
    with pytest.raises(UserError, match="binary"):
        READERS.read("a.zip", zipped({"word/document.xml": "<x/>"}))


@pytest.mark.parametrize(
    "unit",
    [
        *("<dl>", "<dl></x>", "<dl><dt>", "<a href=", '<a href="', "<!--", "<b><i>", "&", "<dd>"),
        *("<h3>", "<li><ul>", "<script>", "<a>", "<p>", "</dl>", "<outline ", "&#x"),
    ],
)
@pytest.mark.parametrize("form", [Form.BOOKMARKS, Form.POCKET, Form.OPML])
def test_hostile_markup_takes_linear_time(form: Form, unit: str) -> None:
    started = time.process_time()

    read_or_be_refused(("<x>" + unit * (600_000 // len(unit))).encode(), form=form)

    assert time.process_time() - started < 5


def test_markup_nested_without_end_is_read_up_to_there_and_said_so() -> None:
    link = '<DT><A HREF="https://lamps.example/">Lamps</A>'
    text = f"<!DOCTYPE NETSCAPE-Bookmark-file-1>{link}{'<dl>' * 1000}{link}"

    archive = READERS.read("a.html", text.encode())

    assert len(archive.links) == 1
    assert [each.reason for each in archive.refusals] == ["too_deep_to_read"]


def test_entities_of_an_outline_are_not_unfolded() -> None:
    laughs = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 9))
    text = (
        f'<?xml version="1.0"?><!DOCTYPE opml [<!ENTITY a0 "ha">{laughs}'
        '<!ENTITY file SYSTEM "file:///etc/passwd">]>'
        '<opml><body><outline text="&a8;&file;" xmlUrl="https://lamps.example/feed"/></body></opml>'
    )
    started = time.process_time()

    archive = read_or_be_refused(text.encode())

    assert time.process_time() - started < 2
    assert archive is None or all("root:" not in each.title for each in archive.feeds)


def test_twenty_thousand_bookmarks_are_read_in_seconds() -> None:
    entry = (
        '<DT><A HREF="https://lamps.example/{n}" ADD_DATE="1700000000" TAGS="a,b">Lamp {n}</A>\n'
        "<DD>Words\n"
    )
    text = "<!DOCTYPE NETSCAPE-Bookmark-file-1><DL><p>\n" + "".join(
        entry.replace("{n}", str(number)) for number in range(20_000)
    )
    started = time.process_time()

    archive = READERS.read("a.html", text.encode())

    assert len(archive.links) == 20_000
    assert time.process_time() - started < 8


def test_links_beyond_the_limit_are_counted() -> None:
    found = Collector(Form.BOOKMARKS, limit=1)
    for number in range(3):
        found.add(f"https://lamps.example/{number}")

    archive = found.archive()
    assert len(archive.links) == 1
    assert [(each.reason, each.count) for each in archive.refusals] == [("too_many_links", 2)]


def test_articles_beyond_what_is_held_at_once_are_left_out_and_counted() -> None:
    found = Collector(Form.OMNIVORE, room=2 * MIN_PAGE_CHARS)
    for number in range(4):
        url = f"https://lamps.example/{number}"
        found.add(url, page=page_of(url, f"Lamp {number}", "a" * MIN_PAGE_CHARS))

    archive = found.archive()
    assert [each.page is not None for each in archive.links] == [True, True, False, False]
    assert [(each.reason, each.count) for each in archive.refusals] == [("articles_left_out", 2)]


def test_of_an_article_as_much_is_held_as_is_kept_of_any_page() -> None:
    found = Collector(Form.OMNIVORE)
    found.add(LAMP, page=page_of(LAMP, "Long", "word " * KEPT_CHARS))

    [link] = found.archive().links
    assert link.page is not None
    assert len(link.page.text) <= KEPT_CHARS


@given(st.text())
def test_any_text_in_markup_is_kept(words: str) -> None:
    assert plain_text(f"<p>a</p><p>b{escape(words)}c</p>").startswith("a\n\nb")


@given(st.text(alphabet="<>/abdlt &;\"'=!-\0\ud800"))
def test_any_markup_is_read(html: str) -> None:
    assert read_html(html, Events())
