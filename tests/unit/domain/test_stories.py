from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.stories import group_stories
from tests.link_records import make_link

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


@given(TITLES, st.randoms(use_true_random=False))
def test_every_link_is_in_one_story_in_any_order(titles: list[str], random: Random) -> None:
    links = [make_link(str(number), title=title) for number, title in enumerate(titles)]
    shuffled = list(links)
    random.shuffle(shuffled)

    stories = group_stories(links)

    assert stories == group_stories(shuffled)
    members = [link.id for story in stories for link in story.links]
    assert sorted(members) == sorted(link.id for link in links)
