import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.text.repair import repair_text

KOREAN = (
    "## 💡 오늘의 소식 ⚙️\n"
    "- 연못의 오리를 세는 사람들이 모여 새로운 방법을 논의했다. [자세히](https://example.org/오리)\n"
    "- 🧑‍💻 “개발자”는 데이터를 분석하고 결과를 공유한다 → 모두가 쓴다\n"
)


def mis_decode(text: str, page: str) -> str:
    """Do what a program does that takes UTF-8 for a page of Western letters, and drops the rest."""
    return text.encode().decode(page, "ignore").replace("\xad", "")


@pytest.mark.parametrize("page", ["cp1252", "cp1254", "latin-1"])
def test_korean_read_in_a_western_code_page_is_restored(page: str) -> None:
    damaged = mis_decode(KOREAN, page)
    assert damaged != KOREAN

    repaired = repair_text(damaged)

    assert repaired.text == KOREAN
    assert repaired.repaired_chars > 60
    assert repaired.lost_chars == 0


@pytest.mark.parametrize("page", ["cp1252", "cp1254", "latin-1"])
def test_korean_damaged_twice_is_restored(page: str) -> None:
    once = mis_decode(KOREAN, page)
    lines = ["été à la plage, niño, Ãrvore", *mis_decode(once, page).split("\n")]

    repaired = repair_text("\n".join(lines))

    assert repaired.text == "\n".join([lines[0], KOREAN])


def test_one_damaged_line_in_a_clean_text_is_restored() -> None:
    lines = ["# 연못 기록", "été à la plage, niño, Ãrvore", KOREAN.split("\n")[1], "끝 “마지막”"]
    damaged = [*lines[:2], mis_decode(lines[2], "cp1254"), lines[3]]

    assert repair_text("\n".join(damaged)).text == "\n".join(lines)


def test_western_text_read_in_a_wrong_code_page_is_restored() -> None:
    assert repair_text("They donâ€™t like the cafÃ© in SÃ£o Paulo").text == (
        "They don’t like the café in São Paulo"
    )


def test_what_nothing_restores_is_counted_and_left() -> None:
    damaged = mis_decode(KOREAN, "cp1254").replace("â†’", "â")

    repaired = repair_text(damaged)

    assert repaired.lost_chars + repaired.repaired_chars > 60
    assert len(repaired.text.split("\n")) == len(damaged.split("\n"))


CLEAN = [
    "été « à la niño » über – Ãrvore “São” aquí”— allí”—",
    "voilà » café” naïve… Ümlaut ÑANDÚ Ênfase ©®™ ½×÷",
    "Ğ İ ş ı ğ Türkçe için güzel bir gün",
    "한국어와 café, niño를 함께 쓴 글 “따옴표” ’그리고’ — 줄표…",
    "Ã is a letter; so are Â and ð.",
    "",
    "\ufeff\u200b\x85\u2028",
    "aquí\xa0€5, là\xa0€9, ô¿¿¿",  # the bytes of no letter
    "Ã aquí”—",
]


@pytest.mark.parametrize("text", CLEAN)
def test_clean_text_comes_out_as_it_went_in(text: str) -> None:
    assert repair_text(text).text == text


WORDS = st.sampled_from(
    [*re.findall(r"\S+", " ".join(CLEAN)), "오리", "연못은", "l’été", "d’où", "señor", "ÃO", "🙂"]
)


@given(st.lists(WORDS, max_size=30).map(" ".join))
def test_words_with_accents_come_out_as_they_went_in(text: str) -> None:
    repaired = repair_text(text)

    assert repaired.text == text
    assert (repaired.repaired_chars, repaired.lost_chars) == (0, 0)


@given(st.text())
def test_repair_never_fails_and_keeps_every_line(text: str) -> None:
    assert repair_text(text).text.count("\n") == text.count("\n")


@given(
    st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E)),
    st.sampled_from(KOREAN.split("\n")),
)
def test_repairing_twice_is_repairing_once(ascii_text: str, line: str) -> None:
    once = repair_text(f"{ascii_text}\n{mis_decode(line, 'cp1252')}").text

    assert repair_text(once).text == once


def test_clean_text_passes_at_once() -> None:
    clean = KOREAN * 20_000
    started = time.process_time()

    assert repair_text(clean).text is clean
    assert time.process_time() - started < 2
