from datetime import timedelta
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.models import Concept, Kind, LinkRecord, Save
from bot.domain.selection import Limits, Selection, select_stories, source_of
from bot.domain.stories import Story, group_stories
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
def test_there_are_five_to_twelve_highlights_or_all_there_is(links: list[LinkRecord]) -> None:
    selection = _select(links)

    assert min(len(links), 5) <= len(selection.highlights) <= 12
    assert len(links) > 12 or not selection.brief


@given(_links())
def test_every_choice_has_reasons_that_both_languages_can_say(links: list[LinkRecord]) -> None:
    texts = Texts.load()

    for choice in _select(links).highlights:
        assert choice.why
        for key, count in choice.why:
            assert all(str(count) in texts.get(each, key, count=count) for each in LANGUAGES)


def test_what_more_members_saved_comes_first() -> None:
    plain = make_link("plain", summary=make_summary("A point"))
    loved = make_link("loved", saves=[make_save("mina"), make_save("joon"), make_save("sora")])

    assert _names(_select([plain, loved]))[0] == ["loved", "plain"]


def test_a_person_counts_for_more_than_an_import() -> None:
    imported = make_link("a", saves=[make_save("import")])
    feed = make_link("b", saves=[make_save("feed:7")])
    shared = make_link("c", saves=[make_save("mina")])

    assert _names(_select([imported, feed, shared]))[0] == ["c", "a", "b"]


def test_a_summary_and_concepts_lift_a_link_and_fun_does_not() -> None:
    bare = make_link("bare")
    fun = make_link("fun", kind=Kind.FUN)
    told = make_link("told", summary=make_summary("A point"))
    rich = make_link("rich", summary=make_summary("A point"), concepts=[Concept("Rank")])

    assert _names(_select([fun, bare, told, rich]))[0] == ["rich", "told", "bare", "fun"]


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


def test_one_person_alone_fills_the_highlights() -> None:
    links = [make_link(f"{n:02}", topics=["rag"]) for n in range(20)]

    highlights, brief = _names(_select(links))

    assert (len(highlights), len(brief)) == (12, 8)


def test_a_host_that_many_share_is_told_apart_by_account() -> None:
    one = make_link(url="https://github.com/oak/tree")
    two = make_link(url="https://github.com/oak/leaf")
    three = make_link(url="https://github.com/elm/tree")

    assert source_of(one) == source_of(two) != source_of(three)
