"""Forms hold a command's options, and give them back."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.slack.action_ids import button_value, form_of, value_of
from adapters.slack.forms import (
    MAX_OPTION_TEXT,
    MAX_TITLE,
    Origin,
    make_form,
    options_of,
    origin_of,
)
from bot.commands.catalogue import SPECS
from bot.posts import Form
from bot.specs import CommandSpec, Option, Takes
from bot.texts import LANGUAGES, Texts

TEXTS = Texts.load()
SPEC = CommandSpec(
    "digest",
    has_form=True,
    options=(
        Option("period", default="7d", is_required=True),
        Option("style", takes=Takes.CHOICE, choices=("weekly", "daily"), default="daily"),
        Option("since", takes=Takes.DAY),
        Option("words", is_long=True),
        Option("topic", takes=Takes.CHANNEL),
        Option("kinds", takes=Takes.CHOICES, choices=("paper", "dev", "news")),
        Option("channels", takes=Takes.CHANNELS),
        Option("change", is_typed_only=True),
    ),
)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_option_has_its_own_kind_of_field(language: str) -> None:
    form = make_form(SPEC, Origin("digest", "C1"), texts=TEXTS, language=language)

    kinds = {each["block_id"]: each["element"]["type"] for each in form["blocks"]}
    assert kinds == {
        "period": "plain_text_input",
        "style": "static_select",
        "since": "datepicker",
        "words": "plain_text_input",
        "topic": "conversations_select",
        "kinds": "multi_static_select",
        "channels": "multi_conversations_select",
    }
    assert [each["optional"] for each in form["blocks"]] == [False] + 6 * [True]
    assert form["blocks"][1]["element"]["initial_option"]["value"] == "daily"
    assert all(len(form[key]["text"]) <= MAX_TITLE for key in ("title", "submit", "close"))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("spec", SPECS, ids=lambda each: each.name)
def test_every_command_has_a_form_that_slack_takes(spec: CommandSpec, language: str) -> None:
    form = make_form(spec, Origin(spec.name, "C1"), texts=TEXTS, language=language)

    names = [each["block_id"] for each in form["blocks"]]
    assert len(set(names)) == len(names)
    for element in (each["element"] for each in form["blocks"]):
        texts = [each["text"]["text"] for each in element.get("options", ())]
        assert all(0 < len(text) <= MAX_OPTION_TEXT for text in texts)
        assert bool(texts) == element["type"].endswith("static_select")


def test_a_form_is_filled_in_with_what_stands_and_carries_the_rest_along() -> None:
    values = {"style": "weekly", "kinds": "paper,news", "channels": "C1,C2", "change": "abc@3"}

    form = make_form(SPEC, Origin("digest", "C1"), texts=TEXTS, language="en", values=values)

    elements = {each["block_id"]: each["element"] for each in form["blocks"]}
    assert "initial_value" not in elements["period"]
    assert elements["style"]["initial_option"]["value"] == "weekly"
    kinds = [each["value"] for each in elements["kinds"]["initial_options"]]
    assert kinds == ["paper", "news"]
    assert elements["channels"]["initial_conversations"] == ["C1", "C2"]
    assert origin_of(form) == Origin("digest", "C1", (("change", "abc@3"),))


def test_several_that_were_chosen_come_back_as_one_value() -> None:
    values = {
        "kinds": {"value": {"selected_options": [{"value": "paper"}, {"value": "news"}]}},
        "channels": {"value": {"selected_conversations": ["C1", "C2"]}},
        "topics": {"value": {"selected_options": []}},
    }

    chosen = options_of({"state": {"values": values}})

    assert chosen == (("kinds", "paper,news"), ("channels", "C1,C2"))


@given(st.text(), st.lists(st.tuples(st.text(), st.text())).map(tuple))
def test_a_button_brings_its_form_and_its_value(
    value: str, options: tuple[tuple[str, str], ...]
) -> None:
    form = Form("subscribe", options)

    sent = button_value(value.replace("\N{SYMBOL FOR RECORD SEPARATOR}", ""), form)

    assert form_of(sent) in (form, None)
    assert value_of(sent) in (value.replace("\N{SYMBOL FOR RECORD SEPARATOR}", ""), "")
    assert form_of(button_value("edit 1", None)) is None


def test_what_was_chosen_comes_back_by_option() -> None:
    values = {
        "period": {"value": {"type": "plain_text_input", "value": " 7d "}},
        "style": {"value": {"type": "static_select", "selected_option": {"value": "daily"}}},
        "since": {"value": {"type": "datepicker", "selected_date": "2026-01-31"}},
        "topic": {"value": {"type": "conversations_select", "selected_conversation": "C2"}},
        "words": {"value": {"type": "plain_text_input", "value": None}},
    }

    chosen = options_of({"state": {"values": values}})

    assert chosen == (
        ("period", "7d"),
        ("style", "daily"),
        ("since", "2026-01-31"),
        ("topic", "C2"),
    )


@given(st.text(), st.text())
def test_a_form_knows_where_it_came_from(command: str, channel: str) -> None:
    kept = json.dumps({"command": command, "channel": channel})

    assert origin_of({"private_metadata": kept}) == Origin(command, channel)


@given(st.text() | st.recursive(st.none() | st.text(), st.lists).map(json.dumps))
def test_metadata_that_is_not_ours_is_no_origin(kept: str) -> None:
    assert origin_of({"private_metadata": kept}) is None
