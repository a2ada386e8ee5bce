"""👍 and 👎 on what a digest tells: a channel's later digests tell more or less like it."""

from __future__ import annotations

from bot.commands.conversation import Conversation
from bot.commands.router import Router
from bot.domain.digests import Digest
from bot.domain.models import LinkId, LinkRecord
from bot.domain.styles.blocks import shorten
from bot.domain.styles.reason_words import aspect_name
from bot.domain.styles.rules import highlights_of
from bot.domain.taste import Aspect, Leaning, Taste, aspects_of
from bot.errors import UserError
from bot.events import ButtonPressed
from bot.posts import (
    Block,
    Bullets,
    Button,
    Buttons,
    Context,
    Heading,
    Item,
    Post,
    Select,
    Text,
    paragraph,
    say,
)
from bot.services.feedback import FeedbackService
from bot.texts import Say

LIKE, DISLIKE = "feedback.like", "feedback.dislike"
TAKE_BACK, FORGET = "feedback.take_back", "feedback.forget"
ALL = "all"

_CHOICES = 25  # of a menu
_TITLE_CHARS = 70


def vote_menus(digest: Digest, say: Say) -> tuple[Block, ...]:
    """Return a menu to want more of, and one to want less of what the digest tells."""
    items = (*highlights_of(digest), *digest.near_misses)[:_CHOICES]
    choices = tuple((shorten(item.title, _TITLE_CHARS), str(item.link)) for item in items)
    if not choices:
        return ()
    hint = Context((Text(say("feedback.hint")),))
    menus = (Select(say(action), action, choices) for action in (LIKE, DISLIKE))
    return (hint, *menus)


def taste_blocks(taste: Taste, talk: Conversation) -> tuple[Block, ...]:
    """Return what was learned in this channel, and a menu to take each of it back."""
    title = Heading((Text(talk.say("feedback.learned")),), level=3)
    if not taste.leanings:
        return (title, Context((Text(talk.say("feedback.nothing_learned")),)))
    shown = taste.leanings[: _CHOICES - 1]
    lines = (talk.say("feedback.leaning", **_said(each, talk)) for each in shown)
    choices = [(_name(each, talk), f"{each.aspect} {each.name}") for each in shown]
    return (
        title,
        Bullets(tuple(Item((Text(line),)) for line in lines)),
        Select(talk.say(FORGET), FORGET, (*choices, (talk.say("feedback.everything"), ALL))),
    )


class FeedbackCommands:
    """A vote is its member's own affair; what a channel forgets, it is told."""

    def __init__(self, feedback: FeedbackService) -> None:
        self._feedback = feedback
        self.router = Router(
            buttons={
                LIKE: self.like,
                DISLIKE: self.dislike,
                TAKE_BACK: self.take_back,
                FORGET: self.forget,
            }
        )

    async def like(self, event: ButtonPressed, talk: Conversation) -> None:
        await self._vote(event, talk, is_liked=True)

    async def dislike(self, event: ButtonPressed, talk: Conversation) -> None:
        await self._vote(event, talk, is_liked=False)

    async def _vote(self, event: ButtonPressed, talk: Conversation, *, is_liked: bool) -> None:
        link = await self._feedback.vote(
            event.workspace,
            event.place.channel,
            LinkId(event.value),
            member=event.member,
            is_liked=is_liked,
            at=event.at,
            audience=talk.audience,
        )
        key = "feedback.liked" if is_liked else "feedback.disliked"
        said = talk.say(key, title=link.title, aspects=_aspects(link, talk))
        undo = Button(talk.say(TAKE_BACK), TAKE_BACK, str(link.id))
        where = Context((Text(talk.say("feedback.where", command=talk.call_of("settings"))),))
        await talk.post(Post((paragraph(said), where, Buttons((undo,))), is_ephemeral=True))

    async def take_back(self, event: ButtonPressed, talk: Conversation) -> None:
        was_there = await self._feedback.take_back(
            event.workspace, event.place.channel, LinkId(event.value), member=event.member
        )
        await talk.say_quietly("feedback.taken_back" if was_there else "feedback.none_to_take_back")

    async def forget(self, event: ButtonPressed, talk: Conversation) -> None:
        aspect, _, name = event.value.partition(" ")
        here = (event.workspace, event.place.channel)
        if event.value == ALL:
            await self._feedback.forget(*here)
            what = talk.say("feedback.everything")
        elif aspect in tuple(Aspect) and name:
            await self._feedback.forget(*here, aspect=Aspect(aspect), name=name)
            what = aspect_name(aspect, name, talk.say, language=talk.language)
        else:
            raise UserError("command.old_button")
        text = talk.say("feedback.forgotten", name=event.member_name, what=what)
        await talk.post(say(text, language=talk.language))


def _aspects(link: LinkRecord, talk: Conversation) -> str:
    named = (
        aspect_name(aspect, name, talk.say, language=talk.language)
        for aspect, name in aspects_of(link).items()
        if name
    )
    return ", ".join(named)


def _said(leaning: Leaning, talk: Conversation) -> dict[str, object]:
    points = f"{leaning.points:+}".replace("-", "−") if leaning.points else "0"
    mark = "👍" if leaning.points > 0 else "👎" if leaning.points < 0 else "▫️"
    name = _name(leaning, talk)
    return {"mark": mark, "name": name, "points": points, "votes": leaning.votes}


def _name(leaning: Leaning, talk: Conversation) -> str:
    return aspect_name(leaning.aspect, leaning.name, talk.say, language=talk.language)
