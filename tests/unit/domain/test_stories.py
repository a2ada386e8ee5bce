from collections.abc import Sequence
from datetime import timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.models import LinkRecord
from bot.domain.stories import group_stories
from tests.link_records import MONDAY_NOON, make_link, make_save

TITLES = st.lists(
    st.sampled_from(
        [
            "Small models beat large ones at search",
            "Small models beat the large ones at search | Daily Bits",
            "Small models lose to large ones at chess",
            "검색에서 작은 모델이 큰 모델을 이겼다",
            "작은 모델이 검색에서 큰 모델을 이겼다",
            "",
            "README",
        ]
    ),
    max_size=8,
)


def test_addresses_that_nobody_gave_a_title_are_no_story() -> None:
    urls = [f"https://example.org/reports/monthly/summary/{name}" for name in ("harbour", "hill")]
    links = [make_link(url, url=url, title=url) for url in urls]

    assert len(group_stories(links)) == 2


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Harbour opens its weights to everyone", "Harbour opens its weights to everyone | Byte"),
        ("하버, 새 언어 모델 가중치 공개", "하버가 새 언어 모델의 가중치를 공개"),
        ("Lantern-7B: small models that read maps", "Mapmakers test Lantern-7B on coast charts"),
        ("Models play Lighthouse Keeper III", "A tournament of agents in Lighthouse Keeper 3"),
    ],
)
def test_headlines_of_one_happening_make_one_story(left: str, right: str) -> None:
    links = [make_link("a", title=left), make_link("b", title=right)]

    assert len(group_stories(links)) == 1


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Notes on building search engines, part 1", "Notes on building search engines, part 2"),
        ("Introduction", "Introduction"),
        ("Harbour 2.0 is released today for all", "Harbour 2.1 is released today for all"),
        ("Harbour opens its weights to everyone", "Harbour closes its office in the north"),
        ("등대 검색 엔진 만들기 1부", "등대 검색 엔진 만들기 2부"),
        ("주간 회의록", "주간 회의록"),
        ("A survey of small language models", "A survey of language model evaluation"),
    ],
)
def test_other_parts_versions_and_bare_headings_are_other_stories(left: str, right: str) -> None:
    links = [make_link("a", title=left), make_link("b", title=right)]

    assert len(group_stories(links)) == 2


def test_one_paper_at_two_addresses_is_one_story() -> None:
    paper = make_link("a", title="Rank less", url="https://arxiv.org/abs/2503.01234")
    page = make_link("b", title="Paper page", url="https://huggingface.co/papers/2503.01234")
    other = make_link("c", title="Other", url="https://arxiv.org/abs/2503.01235")

    stories = group_stories([page, other, paper])

    assert [[link.id for link in story.links] for story in stories] == [
        ["link-a", "link-b"],
        ["link-c"],
    ]


def test_a_repost_under_another_title_is_one_story() -> None:
    text = " ".join(f"Sentence {n} says what happened at the harbour." for n in range(30))
    links = [
        make_link("a", title="What happened", text=text),
        make_link("b", title="Harbour diary", text=f"{text} Reposted with thanks."),
        make_link("c", title="Elsewhere", text="Nothing of the kind happened in the hills at all."),
    ]

    assert [len(story.links) for story in group_stories(links)] == [2, 1]


def test_reports_in_other_words_are_one_story_by_what_they_say() -> None:
    links = [
        make_link(
            "a",
            title="Lighthouse keepers sue over the automatic lamp",
            text="The keepers of Cape Orrin went to court on Monday over the automatic lamp that "
            "the harbour board bought from Brightwater for 4.5 million.",
        ),
        make_link(
            "b",
            title="Harbour board in court about Brightwater's lamp",
            text="Keepers at Cape Orrin want a court to stop the automatic lamp. The harbour board "
            "paid Brightwater 4.5 million for it.",
        ),
        make_link(
            "c",
            title="Harbour board opens a new pier",
            text="A pier for ferries was opened on Monday by the harbour board of Cape Linn.",
        ),
    ]

    assert [len(story.links) for story in group_stories(links)] == [2, 1]


def test_two_languages_meet_in_names_and_terms() -> None:
    korean = make_link(
        "a",
        title="구글, Brightwater에 20억 달러 투자",
        text="구글이 등대 스타트업 Brightwater에 20억 달러를 투자하기로 했다.",
    )
    english = make_link("b", title="Google invests $2 billion in Brightwater")
    other = make_link("c", title="Google closes its map office in Lisbon")

    assert _sizes([korean, english, other]) == [2, 1]


def test_amounts_are_the_same_in_both_languages() -> None:
    korean = make_link("a", title="구글, 앤트로픽에 20억 달러 투자")
    english = make_link("b", title="Google Commits $2 Billion to AI Startup Anthropic")

    assert _sizes([korean, english]) == [2]


def test_any_number_of_copies_is_one_story() -> None:
    title = "Harbour opens its weights to everyone"

    assert _sizes([make_link(f"n{number}", title=title) for number in range(300)]) == [300]


def test_a_chain_of_follow_ups_does_not_become_one_story() -> None:
    words = [f"word{letter}" for letter in "abcdefghijklmnopqrst"]
    links = [
        make_link(str(start), title=" ".join(words[start : start + 8])) for start in range(0, 12, 2)
    ]

    groups = group_stories(links)

    assert len(groups) > 1
    assert all(len(story.links) <= 3 for story in groups)


def test_what_comes_weeks_later_is_less_surely_the_same() -> None:
    titles = ("Harbour board of Orrin votes on the lamp", "Orrin repairs the lamp of its harbour")
    first = make_link("a", title=titles[0])
    soon = make_link("b", title=titles[1])
    late = make_link("b", title=titles[1], saves=[make_save(at=MONDAY_NOON + timedelta(days=25))])

    assert (_sizes([first, soon]), _sizes([first, late])) == ([2], [1, 1])


def test_a_template_with_other_facts_is_not_what_it_copies() -> None:
    texts = (
        "Course: search with Lantern in five lessons",
        "Course: search with Lantern in five parts",
    )
    original = make_link("a", title=texts[0])
    plain = make_link("b", title=texts[1])
    marked = make_link("b", title=texts[1], saves=[make_save(marks=("near_copy",))])

    assert (_sizes([original, plain]), _sizes([original, marked])) == ([2], [1, 1])


def test_chapters_of_one_course_on_one_site_are_apart() -> None:
    pages = [
        make_link(
            name,
            title=f"Sailing by the stars - {name}",
            url=f"https://school.example/{name}",
            text="This course teaches how to find a way at sea with a sextant and an almanac.",
        )
        for name in ("noon", "dawn")
    ]

    assert _sizes(pages) == [1, 1]


def test_different_papers_are_different_stories_whatever_their_titles() -> None:
    title = "Small language models rank passages well without training"
    papers = [
        make_link(number, title=title, url=f"https://arxiv.org/abs/2503.{number}")
        for number in ("01234", "01235")
    ]

    assert _sizes(papers) == [1, 1]


def test_what_is_alike_by_vector_may_share_few_words_but_never_none() -> None:
    first = make_link("a", title="Lighthouse keepers sue over lamps at Cape Orrin")
    second = make_link("b", title="A court hears who tends the lamps of Orrin")
    stranger = make_link("c", title="Chess engines learn endgames from scratch")
    links = [first, second, stranger]

    assert _sizes(links) == [1, 1, 1]
    assert _sizes(links, alike=[(first, second)]) == [2, 1]
    assert _sizes(links, alike=[(second, first), (first, stranger)]) == [2, 1]
    assert _sizes(links[:1], alike=[(first, second)]) == [1]


def test_two_versions_are_no_story_however_alike() -> None:
    links = [make_link(each, title=f"Harbour {each}.0 opens its weights") for each in "23"]

    assert _sizes(links, alike=[(links[0], links[1])]) == [1, 1]


def _sizes(
    links: Sequence[LinkRecord], *, alike: Sequence[tuple[LinkRecord, LinkRecord]] = ()
) -> list[int]:
    pairs = tuple((left.id, right.id) for left, right in alike)
    return [len(story.links) for story in group_stories(links, alike=pairs)]


@given(TITLES, st.randoms(use_true_random=False))
def test_every_link_is_in_one_story_in_any_order(titles: list[str], random: Random) -> None:
    links = [make_link(f"n{number}", title=title) for number, title in enumerate(titles)]
    shuffled = list(links)
    random.shuffle(shuffled)

    stories = group_stories(links)

    assert stories == group_stories(shuffled)
    members = [link.id for story in stories for link in story.links]
    assert sorted(members) == sorted(link.id for link in links)
