"""Hacker News, Lobsters, Reddit and GeekNews, from answers in their form."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from adapters.fetching.discussions import Comment, discussion_parts
from adapters.fetching.readers.geeknews import GeekNewsReader
from adapters.fetching.readers.hacker_news import HackerNewsReader
from adapters.fetching.readers.lobsters import LobstersReader
from adapters.fetching.readers.reddit import RedditReader
from bot.domain.models import PagePart
from bot.errors import FetchFailed
from tests.fakes.site_tools import FORBIDDEN, SLOW_DOWN, SiteTools, a_page
from tests.fetch_failures import fails_as

ARTICLE = "https://blog.example/queues"

# Hacker News

HN = "https://news.ycombinator.com/item?id=42"
HN_API = "https://hn.algolia.com/api/v1/items/42"
STORY = {
    "id": 42,
    "type": "story",
    "title": "Why queues wait",
    "author": "ada",
    "url": ARTICLE,
    "text": None,
    "created_at": "2024-01-02T03:04:05.000Z",
    "children": [
        {
            "author": "bob",
            "text": "I wait &amp; wait.<p>Really.",
            "children": [{"author": "ada", "text": "Same <i>here</i>.", "children": []}],
        },
        {"author": None, "text": None, "children": [{"author": "eve", "text": "Orphan"}]},
        {"author": "한여름", "text": "안녕하세요"},
    ],
}


async def test_the_article_comes_before_its_discussion() -> None:
    tools = SiteTools().add(HN_API, STORY).add_page(a_page(ARTICLE, "Queues wait."))

    page = await HackerNewsReader().read(HN, tools)

    assert (page.title, page.author, page.site) == ("Why queues wait", "ada", "Hacker News")
    assert page.published_at == datetime(2024, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert [(each.heading, each.text) for each in page.parts] == [
        ("", "Queues wait."),
        ("Discussion: bob", "I wait & wait.\n\nReally.\n\nada: Same here.\n\neve: Orphan"),
        ("Discussion: 한여름", "안녕하세요"),
    ]
    assert (page.identity, page.gaps) == (HN, ())


async def test_an_article_that_cannot_be_read_is_a_gap() -> None:
    page = await HackerNewsReader().read(HN, SiteTools().add(HN_API, STORY))

    assert page.gaps == ("discussed",)
    assert page.text.startswith("I wait & wait.")


async def test_a_question_is_its_own_text_and_a_comment_has_its_first_line_for_a_title() -> None:
    asked = {"id": 42, "title": "Ask HN: Why?", "text": "<p>I wonder.", "url": ""}
    comment = {"id": 42, "title": None, "text": "x" * 200, "author": "bob"}

    page = await HackerNewsReader().read(HN, SiteTools().add(HN_API, asked))
    other = await HackerNewsReader().read(HN, SiteTools().add(HN_API, comment))

    assert (page.title, page.text, page.gaps) == ("Ask HN: Why?", "I wonder.", ())
    assert other.title == "x" * 99 + "…"


@pytest.mark.parametrize("answer", [SLOW_DOWN, "<html>", [], "x"])
async def test_without_the_api_the_thread_itself_is_read(answer: object) -> None:
    tools = SiteTools().add(HN_API, answer).add_page(a_page(HN))

    if answer == []:
        with fails_as("not_found"):
            await HackerNewsReader().read(HN, tools)
    else:
        assert (await HackerNewsReader().read(HN, tools)).title == "A page"


def test_only_items_are_threads() -> None:
    assert HackerNewsReader().reads(HN)
    assert not HackerNewsReader().reads("https://news.ycombinator.com/newest")
    assert not HackerNewsReader().reads("https://news.ycombinator.com/item?id=../x")


# Lobsters

LOBSTERS = "https://lobste.rs/s/abc123/why_queues_wait"


async def test_a_story_of_lobsters_is_read_from_its_twin() -> None:
    story = {
        "short_id": "abc123",
        "title": "Why queues wait",
        "url": "",
        "description_plain": "A story.",
        "submitter_user": {"username": "ada"},
        "created_at": "2024-01-02T03:04:05.000-06:00",
        "comments": [
            {"commenting_user": "bob", "comment_plain": "One.", "depth": 0},
            {"commenting_user": "eve", "comment": "<p>Two.</p>", "depth": 1},
            {"commenting_user": "x", "comment_plain": "Gone", "depth": 0, "is_deleted": True},
        ],
    }
    tools = SiteTools().add("https://lobste.rs/s/abc123.json", story)

    page = await LobstersReader().read(LOBSTERS, tools)

    assert (page.author, page.site) == ("ada", "Lobsters")
    assert [(each.heading, each.text) for each in page.parts] == [
        ("", "A story."),
        ("Discussion: bob", "One.\n\neve: Two."),
    ]
    assert page.identity == "https://lobste.rs/s/abc123"


# Reddit

REDDIT = "https://old.reddit.com/r/python/comments/1abcde/why_queues_wait/"
REDDIT_API = "https://www.reddit.com/comments/1abcde.json?raw_json=1&limit=200&depth=4"
POST = {
    "id": "1abcde",
    "title": "Why queues wait",
    "author": "ada",
    "selftext": "I  wonder.",
    "is_self": True,
    "permalink": "/r/python/comments/1abcde/why_queues_wait/",
    "url": "https://www.reddit.com/r/python/comments/1abcde/",
    "subreddit_name_prefixed": "r/python",
    "created_utc": 1704164645.0,
}


def reddit(post: object, *comments: object) -> SiteTools:
    said = [{"kind": "t1", "data": each} for each in comments]
    listed = [
        {"data": {"children": [{"kind": "t3", "data": post}]}},
        {"data": {"children": [*said, {"kind": "more", "data": {"count": 5}}]}},
    ]
    return SiteTools().add(REDDIT_API, listed)


async def test_a_post_is_its_text_and_the_comments_at_its_top() -> None:
    answer = {"data": {"children": [{"data": {"author": "ada", "body": "Thanks."}}]}}
    tools = reddit(
        POST,
        {"author": "AutoModerator", "body": "Rules.", "stickied": True},
        {"author": "bob", "body": "Because.", "replies": answer},
        {"author": "[deleted]", "body": "[removed]", "replies": ""},
    )

    page = await RedditReader().read(REDDIT, tools)

    assert (page.title, page.site) == ("Why queues wait", "Reddit · r/python")
    assert page.identity == "https://www.reddit.com/r/python/comments/1abcde"
    assert [(each.heading, each.text) for each in page.parts] == [
        ("", "I wonder."),
        ("Discussion: bob", "Because.\n\nada: Thanks."),
    ]
    assert page.published_at == datetime(2024, 1, 2, 3, 4, 5, tzinfo=UTC)


async def test_what_a_post_links_to_is_read_but_not_its_own_pictures() -> None:
    linked = {**POST, "is_self": False, "selftext": "", "url": ARTICLE}
    picture = {**linked, "url": "https://i.redd.it/x.png"}

    page = await RedditReader().read(REDDIT, reddit(linked).add_page(a_page(ARTICLE)))
    other = await RedditReader().read(REDDIT, reddit(picture))

    assert page.text == "What the page itself says."
    assert (other.text, other.gaps) == ("Why queues wait", ())


async def test_a_removed_post_keeps_its_discussion_or_says_that_it_is_gone() -> None:
    removed = {**POST, "selftext": "[removed]", "removed_by_category": "moderator"}

    page = await RedditReader().read(REDDIT, reddit(removed, {"author": "bob", "body": "Pity."}))

    assert (page.text, page.gaps) == ("Pity.", ("removed",))
    with fails_as("removed"):
        await RedditReader().read(REDDIT, reddit(removed))


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (FORBIDDEN, "reddit_closed"),
        ("<html>blocked by network security</html>", "reddit_closed"),
        (SLOW_DOWN, "too_many_requests"),
        (FetchFailed("not_found"), "not_found"),
        ([], "not_found"),
    ],
)
async def test_a_post_that_is_not_shown_says_why(answer: object, reason: str) -> None:
    with fails_as(reason):
        await RedditReader().read(REDDIT, SiteTools().add(REDDIT_API, answer))


async def test_the_short_address_of_the_app_is_followed() -> None:
    share = "https://www.reddit.com/r/python/s/AbCdEf"
    tools = reddit(POST).add(share, "<html>", ends_at=REDDIT)

    assert RedditReader().reads(share)
    assert (await RedditReader().read(share, tools)).title == "Why queues wait"


@pytest.mark.parametrize(
    ("url", "is_ours"),
    [
        ("https://redd.it/1abcde", True),
        ("https://www.reddit.com/gallery/1abcde", True),
        ("https://www.reddit.com/r/python/comments/1abcde/x/kxyz/", True),
        ("https://www.reddit.com/r/python/", False),
        ("https://www.reddit.com/r/python/comments/", False),
    ],
)
def test_posts_are_told_by_their_address(url: str, is_ours: bool) -> None:
    assert RedditReader().reads(url) is is_ours


# GeekNews

GEEKNEWS = "https://news.hada.io/topic?id=12345"
TOPIC = """<!doctype html><html><head><title>큐는 왜 기다리나 | GeekNews</title></head><body>
<div class='topictitle link'><a href='https://blog.example/queues' class='bold ud'>
<h1>큐는 왜 기다리나</h1></a> <span class=topicurl>(blog.example)</span></div>
<div class=topicinfo><span id='tp12345'>9</span>P by <a href='/user?id=summer'>summer</a>
<span title='2024-03-05T10:20:00+09:00'>3일전</span></div>
<div class='topic_contents'><span id='topic_contents'><ul><li><strong>큐</strong>는 길다</li>
<li>기다림은 짧다</li></ul></span></div>
<div class=comment_row id='cid1' style='--depth:0'><div class=commentinfo>
<a href='/user?id=autumn'>autumn</a></div>
<span id='contents1' class=comment_contents><p>저도 궁금해요</p></span></div>
<div class=comment_row id='cid2' style='--depth:1'><div class=commentinfo>
<a href='/@winter'>winter</a></div><span class=comment_contents><p>저도요</p></span></div>
</body></html>"""


async def test_a_topic_is_its_summary_and_its_comments() -> None:
    page = await GeekNewsReader().read(GEEKNEWS, SiteTools().add(GEEKNEWS, TOPIC))

    assert (page.title, page.author, page.language) == ("큐는 왜 기다리나", "summer", "ko")
    assert [(each.heading, each.text) for each in page.parts] == [
        ("", "- 큐는 길다\n- 기다림은 짧다"),
        ("원문", ARTICLE),
        ("댓글: autumn", "저도 궁금해요\n\nwinter: 저도요"),
    ]
    assert page.published_at == datetime(2024, 3, 5, 1, 20, tzinfo=UTC)
    assert page.identity == GEEKNEWS


async def test_a_topic_of_another_form_is_read_as_any_page() -> None:
    tools = SiteTools().add(GEEKNEWS, "<html><h1>New</h1></html>").add_page(a_page(GEEKNEWS))

    assert (await GeekNewsReader().read(GEEKNEWS, tools)).title == "A page"


async def test_a_deleted_topic_is_not_found() -> None:
    with fails_as("not_found"):
        await GeekNewsReader().read(GEEKNEWS, SiteTools())


# All


def test_discussions_are_bounded() -> None:
    many = [Comment("bob", "word " * 1000, depth) for _ in range(500) for depth in range(10)]

    parts = discussion_parts(many)

    assert sum(len(each.text) for each in parts) < 100_000
    assert parts[0].heading == "Discussion: bob"


def test_a_discussion_of_nobody_is_none() -> None:
    assert discussion_parts([Comment("bob", "  ")]) == ()
    assert discussion_parts([Comment("", "x", 1)]) == (PagePart("Discussion", "x"),)
