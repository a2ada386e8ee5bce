from hypothesis import given
from hypothesis import strategies as st

from bot.text.graphemes import chop, shorten


@given(st.text(), st.integers(1, 40), st.integers(1, 40))
def test_parts_fit_and_nothing_is_lost(text: str, limit: int, first: int) -> None:
    parts = list(chop(text, limit, first=min(first, limit)))

    assert "".join(parts) == text
    assert all(0 < len(part) <= limit for part in parts)
    assert not parts or len(parts[0]) <= max(first, len(parts[0][:1])) or first < limit


def test_what_readers_take_for_one_character_stays_whole() -> None:
    family, flag, accented = "👨‍👩‍👧", "🇰🇷", "e\u0301"

    assert list(chop(family * 2, 7)) == [family, family]
    assert list(chop(flag * 2, 3)) == [flag, flag]
    assert list(chop(accented * 2, 3)) == [accented, accented]


def test_a_letter_under_too_many_marks_is_cut_all_the_same() -> None:
    assert [len(part) for part in chop("e" + "\u0301" * 9, 4)] == [4, 4, 2]


@given(st.text(), st.integers(2, 40))
def test_what_is_shortened_fits_and_says_so(text: str, limit: int) -> None:
    short = shorten(text, limit)

    assert len(short) <= limit
    assert short == text or (short.endswith("…") and text.startswith(short[:-1]))
