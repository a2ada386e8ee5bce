from dataclasses import replace
from datetime import timedelta
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.models import Kind, LinkId, LinkRecord, MemberId
from bot.domain.scoring import Choice
from bot.domain.selection import select_stories
from bot.domain.signals import Response, Signals
from bot.domain.stories import Story
from bot.domain.taste import Aspect, Taste, Vote, learn
from tests.link_records import MONDAY_NOON, make_link, make_save, make_summary

DAY = timedelta(days=1)
PAGE = make_link("page", topics=["rag"], kind=Kind.PAPER)


def _vote(
    link: LinkRecord = PAGE, *, is_liked: bool = True, days_ago: float = 0, by: str = "mina"
) -> Vote:
    return Vote.on(link, by=MemberId(by), is_liked=is_liked, at=MONDAY_NOON - days_ago * DAY)


def _points(*votes: Vote) -> dict[str, int]:
    learned = learn(votes, at=MONDAY_NOON)
    return {str(each.aspect): each.points for each in learned.leanings}


def _choose(link: LinkRecord, signals: Signals) -> Choice:
    chosen = select_stories([Story((link,))], signals=signals)
    return [*chosen.highlights, *chosen.brief][0]


@st.composite
def _votes(draw: st.DrawFn) -> list[Vote]:
    return [
        Vote(
            MemberId(draw(st.sampled_from("abcdefgh"))),
            LinkId(str(number)),
            draw(st.booleans()),
            MONDAY_NOON - draw(st.floats(0, 400)) * DAY,
            topic=draw(st.sampled_from(["", "rag", "agents"])),
            source=draw(st.sampled_from(["", "a.example"])),
            kind="paper",
        )
        for number in range(draw(st.integers(0, 30)))
    ]


@given(_votes(), st.randoms(use_true_random=False))
def test_what_is_learned_does_not_depend_on_the_order_and_is_bounded(
    votes: list[Vote], random: Random
) -> None:
    shuffled = list(votes)
    random.shuffle(shuffled)

    taste = learn(votes, at=MONDAY_NOON)

    assert taste == learn(shuffled, at=MONDAY_NOON)
    link = make_link("x", topics=["rag"], kind=Kind.PAPER, url="https://a.example/x")
    # No more than one more member who saves it.
    assert abs(sum(reason.points for reason in taste.reader()(link))) <= 4


def test_one_vote_counts_for_topic_and_source_and_not_yet_for_a_whole_kind() -> None:
    assert _points(_vote()) == {"topic": 1, "source": 1, "kind": 0}
    assert _points(_vote(), _vote(by="joon")) == {"topic": 2, "source": 1, "kind": 1}
    assert _points(_vote(is_liked=False)) == {"topic": -1, "source": -1, "kind": 0}


def test_opposite_votes_cancel_each_other() -> None:
    assert set(_points(_vote(), _vote(by="joon", is_liked=False)).values()) == {0}


def test_a_vote_fades() -> None:
    assert _points(_vote(days_ago=59))["topic"] == 1
    assert _points(_vote(days_ago=61))["topic"] == 0
    assert _points(_vote(days_ago=61), _vote(by="joon", days_ago=61))["topic"] == 1


def test_a_library_that_publishes_everybody_is_no_source_to_like() -> None:
    paper = make_link("arxiv", url="https://arxiv.org/abs/2401.00001")

    assert Aspect.SOURCE not in _points(_vote(paper))


def test_what_people_like_lifts_what_is_like_it_and_says_so() -> None:
    taste = learn([_vote()], at=MONDAY_NOON)
    alike, other = make_link("alike", topics=["rag"]), make_link("other", topics=["agents"])

    chosen = select_stories([Story((other,)), Story((alike,))], signals=Signals(taste=taste))

    assert [each.main.id for each in chosen.highlights] == [alike.id, other.id]
    assert ("why.liked_topic", "rag") in [
        (each.key, each.name) for each in chosen.highlights[0].why
    ]


def test_what_people_dislike_sinks_below_the_floor() -> None:
    taste = learn([_vote(is_liked=False)], at=MONDAY_NOON)
    alike, other = make_link("alike", topics=["rag"]), make_link("other", topics=["agents"])

    chosen = select_stories([Story((other,)), Story((alike,))], signals=Signals(taste=taste))

    assert [each.main.id for each in chosen.brief] == [alike.id]


_LIKE_VOTED = st.builds(
    lambda kind, topic, host: make_link(
        "wanted", kind=kind, topics=[topic], url=f"https://{host}.example/wanted"
    ),
    st.sampled_from(Kind),
    st.sampled_from(["rag", "agents"]),
    st.sampled_from("ab"),
)


@given(_LIKE_VOTED, _LIKE_VOTED, st.booleans())
def test_one_vote_removes_nothing_that_two_members_saved_or_one_with_a_summary(
    link: LinkRecord, voted: LinkRecord, has_summary: bool
) -> None:
    strong = (
        replace(link, saves=(make_save("mina"),), summary=make_summary("A point"))
        if has_summary and link.kind is not Kind.FUN
        else replace(link, saves=(make_save("mina"), make_save("joon")))
    )
    taste = learn([_vote(voted, is_liked=False)], at=MONDAY_NOON)

    assert _is_told(strong, Signals(taste=taste))


@given(_LIKE_VOTED, st.integers(0, 40))
def test_all_votes_together_remove_nothing_that_three_members_saved(
    link: LinkRecord, count: int
) -> None:
    strong = replace(link, saves=tuple(map(make_save, ("mina", "joon", "sora"))))
    votes = [_vote(link, is_liked=False, by=f"member {number}") for number in range(count)]

    assert _is_told(strong, Signals(taste=learn(votes, at=MONDAY_NOON)))


def _is_told(link: LinkRecord, signals: Signals) -> bool:
    other = make_link("other", topics=["evaluation"], url="https://c.example/other")
    chosen = select_stories([Story((other,)), Story((link,))], signals=signals)
    return link in [choice.main for choice in chosen.highlights]


def test_reactions_and_replies_of_others_count_once_each() -> None:
    link = make_link("page", saves=[make_save("mina")])
    message = link.saves[0].message
    responses = [
        Response(message, MemberId("mina"), "👍"),  # who saved it has said so
        Response(message, MemberId("joon"), "👍"),
        Response(message, MemberId("joon"), "🎉"),
        Response(message, MemberId("joon")),
        Response(message, MemberId("sora"), "👎"),
        Response(message, MemberId("sora"), "❌"),
    ]
    plain = _choose(link, Signals())

    heard = _choose(link, Signals(tuple(responses)))

    told = {each.key: (each.count, each.points) for each in heard.why}
    assert told["why.reacted"] == (1, 1)
    assert told["why.replied"] == (1, 2)
    assert told["why.opposed"] == (1, -1)
    assert heard.score == plain.score + 2


def test_responses_to_another_message_count_for_nothing() -> None:
    link = make_link("page")
    elsewhere = Response(type(link.saves[0].message)("other"), MemberId("joon"), "👍")

    assert _choose(link, Signals((elsewhere,))) == _choose(link, Signals())


def test_without_votes_nothing_is_learned() -> None:
    assert learn([], at=MONDAY_NOON) == Taste()
