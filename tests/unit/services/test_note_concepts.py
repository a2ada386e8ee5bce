"""What a note defines is a concept, in the note's own words."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from bot.domain.archives import Archive, ArchiveNote, ArchiveSection, Document
from bot.domain.models import LOCAL, Concept
from bot.services.preparing import prepare
from tests.factories import NOON

MEANING = "대기열이란 먼저 온 요청을 먼저 처리하도록 줄을 세운 자료 구조를 말한다."


def test_a_note_gives_the_terms_that_it_defines_beside_those_of_its_glossary() -> None:
    note = ArchiveNote("줄 서기", (ArchiveSection("시작", f"{MEANING} 그래서 쓴다.", line=1),))
    glossary = Concept("lens", "It bends light.")
    archive = Archive("talk_notes", "Notes", (), notes=(note, note), concepts=(glossary,))

    prepared, _ = prepare(LOCAL, Document("a.md", b"", NOON), archive, zone=ZoneInfo("UTC"))

    assert prepared.concepts == (glossary, Concept("대기열", MEANING))
