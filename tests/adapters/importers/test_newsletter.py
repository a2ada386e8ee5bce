from adapters.importers import ArchiveReaders
from bot.domain.archives import Mark
from bot.domain.models import Point

LETTER = """\
안녕하세요, 연못 소식입니다.

**산책: 새벽에 만나는 오리**
이번 산책(walk)에서는 새벽 연못을 한 바퀴 돌며 물가에 모인 오리를 세어 봅니다.
안내는 이웃 학교의 새 연구자가 맡고, 쌍안경은 현장에서 빌려 드립니다.
신청: https://bit.ly/ponds

기대할 수 있는 것:
*   **관찰(observation)**: 오리를 봅니다.

**산책: 밤에 만나는 올빼미**
이번 산책(walk)에서는 밤 숲을 한 바퀴 돌며 나무에 모인 올빼미를 세어 봅니다.
안내는 이웃 학교의 곤충 연구자가 맡고, 손전등은 현장에서 빌려 드립니다.
신청: [링크 추가 예정]

**책**
자세한 내용은 [여기](https://example.org/book)에 있습니다.

… 다음 달에 만나요!
"""


def test_blocks_are_sections_under_their_titles_and_the_closing_is_none() -> None:
    archive = ArchiveReaders().read("2031-05 letter.md", LETTER.encode())

    assert archive.form == "newsletter"
    (note,) = archive.notes
    assert note.title == "2031-05 letter"
    assert [(section.heading, section.line) for section in note.sections] == [
        ("", 1),
        ("산책: 새벽에 만나는 오리", 3),
        ("산책: 밤에 만나는 올빼미", 11),
        ("책", 16),
        ("", 19),
    ]
    assert note.sections[1].text.endswith("- 관찰(observation): 오리를 봅니다.")


def test_what_is_no_fact_is_marked() -> None:
    archive = ArchiveReaders().read("letter.md", LETTER.encode())

    assert [(link.title, link.url, link.label, link.marks) for link in archive.links] == [
        (
            "산책: 새벽에 만나는 오리",
            "https://bit.ly/ponds",
            "산책",
            (Mark.UNRESOLVED,),
        ),
        ("산책: 밤에 만나는 올빼미", "", "산책", (Mark.NEAR_COPY, Mark.PLACEHOLDER)),
        ("책", "https://example.org/book", "", ()),
    ]
    assert [(refusal.line, refusal.reason) for refusal in archive.refusals] == [
        (6, "unresolved"),
        (11, "near_copy"),
        (14, "placeholder"),
    ]


def test_terms_in_both_languages_are_concepts() -> None:
    archive = ArchiveReaders().read("letter.md", LETTER.encode())

    assert ("관찰", "observation") in {
        (concept.term, concept.other_name) for concept in archive.concepts
    }


def test_a_link_is_told_by_what_its_block_says() -> None:
    text = (
        "안녕하세요, 지난주 소식입니다.\n\n"
        "**강좌: 등대 신호 읽기**\n"
        "등대의 불빛을 읽는 짧은 강좌입니다. 여기에서 등록하세요: https://lights.example/course\n\n"
        "배우는 것은 다음과 같습니다:\n"
        "*   **불빛 세기**: 간격을 셉니다.\n"
        "*   **안개**: 소리를 함께 듣습니다.\n\n"
        "**책 소식**\n다음 장을 쓰고 있습니다.\n\n**모임**\n자세한 내용은 [여기](https://lights.example)에.\n"
    )

    link, elsewhere = ArchiveReaders().read("letter.md", text.encode(), form="newsletter").links

    assert link.points == (
        Point("등대의 불빛을 읽는 짧은 강좌입니다."),
        Point(
            "배우는 것은 다음과 같습니다:",
            (Point("**불빛 세기**: 간격을 셉니다."), Point("**안개**: 소리를 함께 듣습니다.")),
        ),
    )
    assert elsewhere.points == ()
