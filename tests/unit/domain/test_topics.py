"""Topics by keyword evidence."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.topics import LEAD_LENGTH, SHIPPED_TOPICS, Topic, assign_topics

EXAMPLES = Path(__file__).with_name("topic_examples.txt").read_text(encoding="utf-8")
TITLES = [line.split(" | ", 1) for line in EXAMPLES.splitlines() if not line.startswith("#")]
CATS = Topic("cats", "고양이", "Cats", "🐈", strong=("cat", "고양이"), weak=("fur",))
DOGS = Topic("dogs", "개", "Dogs", "🐕", strong=("dog", "강아지"), weak=("fur",))


def test_nine_titles_in_ten_get_the_topic_that_a_person_would_choose() -> None:
    wrong = [(topic, title) for topic, title in TITLES if assign_topics(title, "")[:1] != [topic]]

    assert len(TITLES) >= 100
    assert len(wrong) <= len(TITLES) / 10, wrong


def test_the_ten_topics_have_names_in_both_languages() -> None:
    assert len(SHIPPED_TOPICS) == len({topic.id for topic in SHIPPED_TOPICS}) == 10
    assert all(topic.name_ko and topic.name_en and topic.emoji for topic in SHIPPED_TOPICS)


def test_without_evidence_there_is_no_topic() -> None:
    assert assign_topics("", "") == []
    assert assign_topics("점심 메뉴", "오늘은 비빔밥") == []


def test_a_word_said_in_passing_is_no_topic() -> None:
    assert assign_topics("A walk", "We met a cat.", topics=(CATS, DOGS)) == []
    assert assign_topics("A walk", "We met a cat with fur.", topics=(CATS, DOGS)) == ["cats"]
    assert assign_topics("A cat", "We went for a walk.", topics=(CATS, DOGS)) == ["cats"]


def test_english_keywords_are_whole_words() -> None:
    assert assign_topics("Category theory for dogmatic people", "", topics=(CATS, DOGS)) == []
    assert assign_topics("Cats!", "", topics=(CATS, DOGS)) == ["cats"]


def test_korean_keywords_take_particles_and_spaces() -> None:
    assert assign_topics("강화학습으로", "")[:1] == assign_topics("강화 학습", "") != []
    assert assign_topics("우리 고양이는", "", topics=(CATS, DOGS)) == ["cats"]


def test_two_syllables_inside_another_word_are_no_evidence() -> None:
    assert assign_topics("교환자", "") == []
    assert assign_topics("환자 기록", "")[:1] == ["science-domains"]


def test_the_title_outweighs_the_text() -> None:
    assert assign_topics("A dog", "cat cat cat", topics=(CATS, DOGS))[0] == "dogs"


def test_a_second_topic_needs_strong_evidence() -> None:
    assert assign_topics("cat fur", "", topics=(CATS, DOGS)) == ["cats"]
    assert assign_topics("cat and dog", "", topics=(CATS, DOGS)) == ["cats", "dogs"]
    assert assign_topics("cat and dog", "", topics=(CATS, DOGS), limit=1) == ["cats"]


def test_a_tie_follows_the_order_of_the_topics() -> None:
    assert assign_topics("dog and cat", "", topics=(DOGS, CATS)) == ["dogs", "cats"]


def test_the_longest_keyword_counts_alone() -> None:
    speech = Topic("speech", "음성", "Speech", "🗣️", strong=("speech recognition",))
    talks = Topic("talks", "연설", "Talks", "🎤", strong=("speech",))

    assert assign_topics("Speech recognition", "", topics=(talks, speech)) == ["speech"]


def test_spellings_of_one_keyword_count_for_every_topic_that_lists_one() -> None:
    one = Topic("one", "하나", "One", "1", strong=("fine-tuning",))
    other = Topic("other", "둘", "Other", "2", strong=("fine tuned",))

    assert assign_topics("Fine-tune it", "", topics=(one, other)) == ["one", "other"]


def test_what_a_page_touches_late_is_no_evidence() -> None:
    assert assign_topics("", "x" * LEAD_LENGTH + " cat", topics=(CATS,)) == []


@given(st.text(), st.text(), st.integers(min_value=0, max_value=12))
def test_any_text_gets_at_most_the_limit_of_known_topics(title: str, text: str, limit: int) -> None:
    assigned = assign_topics(title, text, limit=limit)

    assert len(assigned) == len(set(assigned)) <= limit
    assert set(assigned) <= {topic.id for topic in SHIPPED_TOPICS}


@pytest.mark.parametrize("word", ["Share this post", "A fair one", "They tested it"])
def test_everyday_words_that_look_like_keywords_add_no_second_topic(word: str) -> None:
    assert assign_topics("Embeddings", f"{word}.") == ["retrieval-rag"]
