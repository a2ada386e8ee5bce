from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.answers import MAX_CITATIONS, Answer, compose_answer
from bot.domain.findings import HITS_CONSIDERED
from bot.domain.models import LinkId, PassageId, SearchHit
from bot.text.glossary import load_glossary
from bot.text.queries import add_other_names, find_other_names, weigh_words
from bot.text.ranking import Fields, Statistics, count_words, rank
from bot.text.tokens import tokenise

# An archive as small as a team's first week: statistics say little about what is common.
ARCHIVE = (
    (
        "Queue lengths",
        "Short queues keep latency low. Overload shows in long queues after minutes.",
    ),
    ("Tower clock", "The tower clock was repaired in 1987 by two students. It has run ever since."),
    ("Model cards", "A model card says what data a model saw and where the model fails."),
    ("Data contracts", "Producers promise a data format, and a change breaks no model downstream."),
    ("Small models", "A small model on good data beats a large model on noisy data."),
    ("Release notes", "The release adds a data loader and a faster model server."),
    ("Monitoring", "Watch the data that a model receives, not only the errors that it makes."),
    ("야간 색인", "색인은 매일 새벽 세 시에 새로 만든다. 노드 48대가 두 시간 동안 일한다."),
    ("모델 카드 쓰기", "모델 카드에는 학습 데이터와 모델의 한계를 적는다."),
    ("데이터 점검", "데이터가 바뀌면 모델도 바뀐다. 데이터를 먼저 점검하자."),
    ("작은 모델", "좋은 데이터로 학습한 작은 모델이 큰 모델을 이긴다."),
    ("회의 기록", "다음 모델은 데이터 형식을 바꾸지 않기로 했다."),
)


def ask(question: str, archive: tuple[tuple[str, str], ...] = ARCHIVE) -> Answer:
    """Search and answer as the service does, over plain values."""
    fields = [(tokenise(title), list[str](), tokenise(text)) for title, text in archive]
    count = len(archive)
    holding = Counter(word for each in fields for word in {*each[0], *each[2]})
    averages = Fields(*(sum(len(each[n]) for each in fields) / count for n in range(3)))
    statistics = Statistics(count, averages, holding)
    names = find_other_names(weigh_words(question), load_glossary())
    words = add_other_names(weigh_words(question), names, statistics=statistics)
    candidates = [
        count_words(
            n,
            [[word for word in field if word in words] for field in each],
            lengths=Fields(*map(len, each)),
        )
        for n, each in enumerate(fields)
    ]
    hits = [
        SearchHit(
            passage=PassageId(n),
            text=archive[n][1],
            heading="",
            title=archive[n][0],
            score=score,
            link=LinkId(f"link-{n}"),
            url=f"https://example.org/{n}",
        )
        for n, score in rank(candidates, words, statistics=statistics)
    ]
    return compose_answer(question, hits, statistics=statistics, names=names)


@pytest.mark.parametrize(
    ("question", "title", "said"),
    [
        ("When was the tower clock repaired?", "Tower clock", "1987"),
        ("Why keep queues short?", "Queue lengths", "latency"),
        ("색인은 언제 만드나요?", "야간 색인", "새벽 세 시"),
        ("색인에 노드 몇 대를 쓰나요?", "야간 색인", "48대"),
    ],
)
def test_what_was_saved_is_quoted_with_its_source(question: str, title: str, said: str) -> None:
    answer = ask(question)

    assert answer.is_answered
    assert (answer.citations[0].n, answer.citations[0].title) == (1, title)
    assert said in answer.citations[0].quote
    assert answer.nearest == ()


@pytest.mark.parametrize(
    "question",
    [
        "Who is the president of France?",
        "How do I cook rice?",
        "How many people live in Seoul?",
        "What does the borrow checker of Rust do?",
        "김치찌개는 어떻게 끓이나요?",
        "서울의 인구는 몇 명인가요?",
        "회사 주차장은 어디에 있나요?",
    ],
)
def test_what_nobody_saved_is_refused(question: str) -> None:
    assert not ask(question).is_answered


@pytest.mark.parametrize(
    "question",
    [
        "What did the model do with the data?",
        "이 데이터는 어떤 모델에서 왔나요?",
        "모델은 어떻게 되나요?",
    ],
)
def test_words_that_are_all_common_do_not_answer_by_accident(question: str) -> None:
    answer = ask(question)

    assert not answer.is_answered
    assert answer.nearest


def test_a_refusal_offers_the_nearest_links() -> None:
    answer = ask("Which tower did Gustave build for the fair?")

    assert not answer.is_answered
    assert [near.title for near in answer.nearest] == ["Tower clock"]
    assert answer.nearest[0].url == "https://example.org/1"


def test_a_source_on_the_other_half_of_the_question_is_not_cited() -> None:
    archive = (
        *ARCHIVE,
        ("Corvid", "Corvid stores columns, not rows. The Corvid engine runs inside its host."),
        ("Wrenlib", "Its storage is a host of rows, as all libraries have."),
    )

    answer = ask("Does the Corvid engine need a host or storage?", archive)

    assert [each.title for each in answer.citations] == ["Corvid"]


CORVID = (*ARCHIVE, ("Why Corvid", "Corvid stores columns, not rows, and runs inside its host."))


@pytest.mark.parametrize(
    "question",
    [
        "What is the licence of Corvid?",
        "Corvid의 라이선스는?",
        "Who founded Corvid?",
        "Corvid 가격은 얼마야?",
        "When was Corvid released?",
        "How many maintainers does Corvid have?",
    ],
)
def test_a_page_on_the_subject_that_lacks_what_is_asked_is_only_near(question: str) -> None:
    answer = ask(question, CORVID)

    assert not answer.is_answered
    assert answer.nearest[0].title == "Why Corvid"


@pytest.mark.parametrize("question", ["What does Corvid store?", "Where does Corvid run?"])
def test_a_page_on_the_subject_that_says_what_is_asked_answers(question: str) -> None:
    assert ask(question, CORVID).citations[0].title == "Why Corvid"


def test_a_word_of_two_meanings_does_not_answer_for_the_other() -> None:
    archive = (*ARCHIVE, ("시장 동향", "작은 모델 시장이 커졌다. 작년 시장은 두 배가 되었다."))

    assert not ask("리스본 시장은 누구야?", archive).is_answered
    assert ask("시장은 얼마나 커졌어?", archive).is_answered


def test_a_title_alone_is_no_quote() -> None:
    archive = (*ARCHIVE, ("Corvid technical report", "Corvid technical report"))

    answer = ask("What is in the Corvid technical report?", archive)

    assert not answer.is_answered
    assert answer.nearest[0].title == "Corvid technical report"


def test_a_text_is_quoted_before_a_title_alone() -> None:
    archive = (
        *ARCHIVE,
        ("Corvid technical report", "Corvid technical report"),
        ("corvid", "The Corvid report tells how columns are stored. It is technical."),
    )

    answer = ask("What is in the Corvid technical report?", archive)

    assert [each.title for each in answer.citations] == ["corvid"]
    assert [each.title for each in answer.sources] == ["corvid"]


def test_sources_that_say_the_same_are_cited_together() -> None:
    twice = (*ARCHIVE, ("Clock news", "Two students repaired the tower clock."))

    answer = ask("Who repaired the tower clock?", twice)

    assert {one.title for one in answer.citations} == {"Tower clock", "Clock news"}
    assert [one.n for one in answer.citations] == [1, 2]


@pytest.mark.parametrize("question", ["", "?", "the of and", "walrus"])
def test_a_question_without_a_known_word_has_no_answer_and_no_hints(question: str) -> None:
    assert ask(question) == Answer()


def test_one_saved_link_is_enough_to_answer() -> None:
    alone = ARCHIVE[1:2]

    assert ask("When was the tower clock repaired?", alone).is_answered
    assert ask("tower clock", alone).is_answered
    assert not ask("When was the tower built?", alone).is_answered
    assert not ask("Who is the president of France?", alone).is_answered


TERMS = (
    *ARCHIVE,
    ("LoRA: low-rank adaptation", "가중치는 그대로 두고 작은 행렬 두 개만 학습한다."),
    ("Week of adapters", "We tried LoRA and LoRA again on data.\nLoRA on a small model is quick."),
    ("GPT-4 report", "The report names 5 prices of models."),
    ("Northern-V3 report", "Northern-V3 has 12 layers and 40 heads."),
    ("조율 일지", "We talked about fine-tuning a small model for two hours."),
)


@pytest.mark.parametrize("question", ["LoRA가 뭐야?", "What is LoRA?", "LoRA란?", "LoRA"])
def test_what_stands_under_a_term_explains_it(question: str) -> None:
    assert ask(question, TERMS).citations[0].title == "LoRA: low-rank adaptation"


def test_grammar_that_nobody_wrote_does_not_hinder_an_answer() -> None:
    assert ask("LoRA는 어떤 행렬을 학습하나요?", TERMS).is_answered


@pytest.mark.parametrize("question", ["What is the price of GPT-5?", "GPT-5 가격은 얼마야?"])
def test_a_name_that_nothing_saved_has_is_not_answered_by_its_parts(question: str) -> None:
    assert not ask(question, TERMS).is_answered


@pytest.mark.parametrize("question", ["How many layers has Northern V3?", "Northern V3 layers"])
def test_a_name_may_be_written_with_a_space(question: str) -> None:
    assert ask(question, TERMS).is_answered


def test_half_of_a_term_does_not_explain_it() -> None:
    assert not ask("What is model distillation?", TERMS).is_answered


def test_a_korean_question_is_answered_from_an_english_text() -> None:
    answer = ask("미세 조정은 몇 시간?", TERMS)

    assert answer.is_answered
    assert "two hours" in answer.citations[0].quote


@given(st.lists(st.sampled_from(" ".join(map(" ".join, ARCHIVE)).split()), max_size=12))
def test_every_quote_stands_in_its_source_and_no_source_is_cited_twice(words: list[str]) -> None:
    answer = ask(" ".join(words))

    cited = answer.citations or answer.nearest
    assert len({one.link for one in cited}) == len(cited) <= min(MAX_CITATIONS, HITS_CONSIDERED)
    assert all(one.quote in dict(ARCHIVE)[one.title] for one in cited)
    assert 0 <= answer.confidence <= 1
