from collections import Counter
from datetime import timedelta
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.models import Concept, Kind, LinkRecord, MemberId, Save
from bot.domain.publishers import source_of
from bot.domain.selection import FLOOR, Choice, Limits, Selection, select_stories
from bot.domain.stories import Story, group_stories
from bot.domain.styles.reason_words import reason_text
from bot.texts import LANGUAGES, Texts
from tests.link_records import MONDAY_NOON, make_link, make_save, make_summary


@st.composite
def _links(draw: st.DrawFn) -> list[LinkRecord]:
    count = draw(st.integers(0, 40))
    return [
        make_link(
            f"{number:02}",
            title=f"Subject number {number}",
            url=f"https://{draw(st.sampled_from('abcd'))}.example/{number}",
            kind=draw(st.sampled_from(Kind)),
            topics=[draw(st.sampled_from(["rag", "agents"]))],
            saves=[
                make_save(member, at=MONDAY_NOON + timedelta(hours=draw(st.integers(0, 100))))
                for member in draw(
                    st.lists(st.sampled_from(["mina", "joon", "import"]), min_size=1, unique=True)
                )
            ],
            summary=make_summary("A point") if draw(st.booleans()) else None,
        )
        for number in range(count)
    ]


def _names(selection: Selection) -> tuple[list[str], list[str]]:
    return (
        [choice.main.id.removeprefix("link-") for choice in selection.highlights],
        [choice.main.id.removeprefix("link-") for choice in selection.brief],
    )


def _select(links: list[LinkRecord], limits: Limits | None = None) -> Selection:
    return select_stories([Story((link,)) for link in links], limits=limits)


@given(_links(), st.randoms(use_true_random=False))
def test_every_link_is_chosen_once_whatever_order_they_come_in(
    links: list[LinkRecord], random: Random
) -> None:
    shuffled = list(links)
    random.shuffle(shuffled)

    selection = select_stories(group_stories(links))

    assert selection == select_stories(group_stories(shuffled))
    chosen = (*selection.highlights, *selection.brief)
    ids = [link.id for choice in chosen for link in (choice.main, *choice.also)]
    assert sorted(ids) == sorted(link.id for link in links)


@given(_links())
def test_there_are_five_to_twelve_highlights_or_all_that_is_worth_it(
    links: list[LinkRecord],
) -> None:
    selection = _select(links)

    worthy = [each for each in _all(selection) if each.score >= FLOOR] or _all(selection)
    assert min(len(worthy), 5) <= len(selection.highlights) <= 12
    assert len(worthy) > 12 or len(selection.highlights) == len(worthy)


@given(_links())
def test_nothing_below_the_floor_is_a_highlight_beside_what_is_above_it(
    links: list[LinkRecord],
) -> None:
    selection = _select(links)

    scores = [choice.score for choice in selection.highlights]
    assert all(score >= FLOOR for score in scores) or max(scores) < FLOOR


@given(_links(), st.integers(1, 4), st.integers(1, 4))
def test_no_source_topic_or_person_has_more_than_its_share_where_there_is_enough_else(
    links: list[LinkRecord], per_source: int, per_person: int
) -> None:
    limits = Limits(enough=0, per_source=per_source, per_person=per_person)

    selection = _select(links, limits)

    if len(selection.highlights) == len(links) or not _is_full_or_stopped(selection):
        return
    sources = Counter(source_of(each.main) for each in selection.highlights)
    people = Counter(each.main.saves[0].member for each in selection.highlights)
    del people[MemberId("import")]
    everything = _all(selection)
    if len({source_of(each.main) for each in everything if each.score >= FLOOR}) > 1:
        assert max(sources.values()) <= per_source
    if len({each.main.saves[0].member for each in everything if each.score >= FLOOR}) > 1:
        assert max(people.values(), default=0) <= per_person


@given(_links())
def test_every_choice_has_reasons_that_both_languages_can_say(links: list[LinkRecord]) -> None:
    texts = Texts.load()

    for choice in _all(_select(links)):
        assert choice.why
        for reason in (*choice.why, *filter(None, [choice.why_not])):
            told = [reason_text(reason, texts.bind(each), language=each) for each in LANGUAGES]
            assert all(told)
            assert len(set(told)) == len(LANGUAGES)
            assert not reason.count or all(str(reason.count) in each for each in told)


@given(_links())
def test_exactly_what_is_no_highlight_says_why_not(links: list[LinkRecord]) -> None:
    selection = _select(links)

    assert all(choice.why_not is None for choice in selection.highlights)
    assert all(choice.why_not is not None for choice in selection.brief)


def _all(selection: Selection) -> list[Choice]:
    return [*selection.highlights, *selection.brief]


def _is_full_or_stopped(selection: Selection) -> bool:
    """Whether there was more than fits, so that quotas counted."""
    return any(
        choice.why_not is not None and choice.why_not.key != "why_not.floor"
        for choice in selection.brief
    )


def test_what_more_members_saved_comes_first() -> None:
    plain = make_link("plain", summary=make_summary("A point"))
    loved = make_link("loved", saves=[make_save("mina"), make_save("joon"), make_save("sora")])

    assert _names(_select([plain, loved]))[0] == ["loved", "plain"]


def test_a_person_counts_for_more_than_an_import() -> None:
    imported = make_link("a", saves=[make_save("import")])
    feed = make_link("b", saves=[make_save("feed:7")])
    shared = make_link("c", saves=[make_save("mina")])

    assert _names(_select([imported, feed, shared])) == (["c"], ["a", "b"])


def test_a_summary_and_concepts_lift_a_link_and_fun_does_not() -> None:
    bare = make_link("bare")
    fun = make_link("fun", kind=Kind.FUN)
    told = make_link("told", summary=make_summary("A point"))
    rich = make_link("rich", summary=make_summary("A point"), concepts=[Concept("Rank")])

    assert _names(_select([fun, bare, told, rich])) == (["rich", "told", "bare"], ["fun"])


def test_what_is_in_doubt_comes_last() -> None:
    doubted = make_link(
        "a", saves=[make_save("import", marks=("near_copy",))], summary=make_summary("A point")
    )
    fun = make_link("b", kind=Kind.FUN, saves=[make_save("import")])

    assert _names(_select([doubted, fun]))[0] == ["b", "a"]


def test_of_equals_the_newest_day_comes_first_and_within_a_day_kind_then_time() -> None:
    def day(number: int, hour: int = 0) -> list[Save]:
        return [make_save(at=MONDAY_NOON + timedelta(days=number, hours=hour))]

    older = make_link("older", saves=day(0))
    late_tool = make_link("late-tool", saves=day(1, 2))
    tool = make_link("tool", saves=day(1, 1))
    paper = make_link("paper", kind=Kind.PAPER, saves=day(1, 3))

    assert _names(_select([older, late_tool, paper, tool]))[0] == [
        "paper",
        "tool",
        "late-tool",
        "older",
    ]


def test_an_archive_is_no_person_who_floods_the_highlights() -> None:
    archive = [
        make_link(f"old{n:02}", saves=[make_save("import")], summary=make_summary("A point"))
        for n in range(12)
    ]
    people = [
        make_link(f"new{n}", kind=Kind.FUN, saves=[make_save(f"member{n}")]) for n in range(2)
    ]
    # Room for any number of a kind: only the quota of a person could keep the archive out.
    limits = Limits(per_kind=99, per_person=1)

    assert len(_select([*archive, *people], limits).highlights) == 12


def test_one_kind_does_not_fill_the_highlights() -> None:
    papers = [make_link(f"p{n:02}", kind=Kind.PAPER, saves=[make_save(f"m{n}")]) for n in range(12)]
    tools = [make_link(f"t{n}", saves=[make_save(f"n{n}")]) for n in range(4)]

    highlights, _ = _names(_select([*papers, *tools]))

    assert sum(name.startswith("t") for name in highlights) == 4


def test_one_source_does_not_flood_the_highlights() -> None:
    flood = [
        make_link(
            f"flood{n:02}",
            url=f"https://loud.example/{n}",
            summary=make_summary("A point"),
        )
        for n in range(12)
    ]
    quiet = [make_link(f"quiet{n}") for n in range(5)]

    highlights, brief = _names(_select([*flood, *quiet]))

    assert sum(name.startswith("flood") for name in highlights) == 3
    assert sum(name.startswith("quiet") for name in highlights) == 5
    assert all(name.startswith("flood") for name in brief)


def test_quotas_give_way_where_there_is_little_else() -> None:
    flood = [make_link(f"{n:02}", url=f"https://loud.example/{n}") for n in range(20)]
    quiet = make_link("quiet")

    highlights, brief = _names(_select([*flood, quiet]))

    assert "quiet" in highlights
    assert (len(highlights), len(brief)) == (5, 16)


def test_where_nothing_is_above_the_floor_the_best_is_told_and_says_so() -> None:
    links = [make_link(f"{n:02}", saves=[make_save("import")]) for n in range(14)]

    selection = _select(links)

    assert len(selection.highlights) == 12
    assert all(each.why[-1].key == "why.best_of_few" for each in selection.highlights)
    assert [len(each.why) for each in selection.brief] == [1, 1]


def test_there_are_never_more_highlights_than_asked_for() -> None:
    links = [make_link(f"{n:02}", url=f"https://{n % 2}.example/{n}") for n in range(20)]

    assert len(_select(links, Limits.of(3)).highlights) == 3


def test_one_person_alone_fills_the_highlights() -> None:
    links = [make_link(f"{n:02}", topics=["rag"]) for n in range(20)]

    highlights, brief = _names(_select(links))

    assert (len(highlights), len(brief)) == (12, 8)


def test_a_host_that_many_share_is_told_apart_by_account() -> None:
    one = make_link(url="https://github.com/oak/tree")
    two = make_link(url="https://github.com/oak/leaf")
    three = make_link(url="https://github.com/elm/tree")

    assert source_of(one) == source_of(two) != source_of(three)
