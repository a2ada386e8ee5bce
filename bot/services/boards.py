"""One post a message that says how its links stand, for those that are not simply read.

It is posted once and changed from then on, so that nothing is said twice, whichever node says it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress

from bot.domain.models import LinkId, MemberId, MessageId
from bot.errors import MessageGone
from bot.ports import Target
from bot.posts import Block, Post
from bot.services.posting import PostingService
from bot.texts import LANGUAGES

Make = Callable[[str], Sequence[Block]]  # the blocks in a language; none: nothing is to be told


async def show_board(
    posting: PostingService,
    target: Target,
    message: MessageId,
    make: Make,
    *,
    language: str,
    may_post: bool = True,
) -> None:
    """Say it where it was said before, in that post's language, else in a new post if it may.

    What one member was told is told once more where it cannot be changed.

    Raises:
        TransientError: nothing is shown yet; the same again shows it.

    """
    for each in (language, *(other for other in LANGUAGES if other != language)):
        key = board_key(message, each)
        posted = await posting.find(target.workspace, key)
        if posted is not None and (blocks := make(each)):
            post = Post(tuple(blocks), language=each)
            if target.only_for and not posting.platform(target.workspace).rewrites_answers:
                await posting.post(target, post, key=f"{key}:end")
                return
            with suppress(MessageGone):  # somebody deleted it: it is not forced on them again
                await posting.edit(target, posted, post, is_vital=True)
        if posted is not None:
            return
    if may_post and (blocks := make(language)):
        post = Post(tuple(blocks), language=language)
        await posting.post(target, post, key=board_key(message, language))


def board_key(message: MessageId, language: str) -> str:
    return f"pages:{message}:{language}"


def anew_board(message: MessageId, link: LinkId, *, member: MemberId) -> MessageId:
    """Return what stands for the message: a page that a member wants anew has its own board.

    In the archive it is read all the while, so a board of several could not tell which has ended.
    """
    return MessageId(f"{message}:{link}:{member}")
