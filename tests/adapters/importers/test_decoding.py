import codecs
import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.importers.decoding import MAX_BYTES, decode
from bot.errors import UserError

TEXT = "# 연못 기록\n- 오리가 열 마리 있었다\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp949", "utf-16", "utf-32"])
def test_text_is_read_in_the_encodings_that_people_have(encoding: str) -> None:
    assert decode("a.md", TEXT.encode(encoding)).text == TEXT


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf16_is_known_without_its_mark(encoding: str) -> None:
    text = "# Pond notes, mostly in English, with 오리\n"

    assert decode("a.md", text.encode(encoding)).text == text


@pytest.mark.parametrize("line_end", ["\r\n", "\r"])
def test_line_ends_of_other_systems_count_as_one(line_end: str) -> None:
    assert decode("a.md", TEXT.replace("\n", line_end).encode()).text == TEXT


@pytest.mark.parametrize("missing", [1, 2])
def test_a_text_cut_in_the_middle_of_a_letter_is_read_up_to_it(missing: int) -> None:
    decoded = decode("a.md", "오리다".encode()[:-missing])

    assert (decoded.text, decoded.is_cut, decoded.lost_chars) == ("오리", True, 1)


def _zip() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a.txt", "a" * 1000)
    return buffer.getvalue()


@pytest.mark.parametrize(
    "data",
    [_zip(), b"\x89PNG\r\n\x1a\n", b"%PDF-1.7\n", bytes(range(256)) * 20, b"text\x00\x00\x00more"],
)
def test_what_is_no_text_is_refused(data: bytes) -> None:
    with pytest.raises(UserError) as refused:
        decode("a.md", data)

    assert refused.value.message_key == "import.binary"


@pytest.mark.parametrize("data", [b"", b" \n\t", codecs.BOM_UTF8])
def test_an_empty_file_is_refused(data: bytes) -> None:
    with pytest.raises(UserError) as refused:
        decode("a.md", data)

    assert refused.value.message_key == "import.empty"


def test_a_file_that_is_too_large_is_refused_unread() -> None:
    with pytest.raises(UserError) as refused:
        decode("a.md", bytes(MAX_BYTES + 1))

    assert refused.value.message_key == "import.too_large"


@given(st.binary(max_size=300))
def test_any_bytes_are_text_or_refused(data: bytes) -> None:
    try:
        text = decode("a.md", data).text
    except UserError:
        return
    assert "\0" not in text
    assert "\r" not in text


@given(st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn"]), min_size=1))
def test_utf8_comes_through_unchanged(text: str) -> None:
    text = f"# {text}"

    assert decode("a.md", text.encode()).text == text
