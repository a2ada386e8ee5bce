"""What one digest may ask of a language model: within a time, and within what it may send."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace

from bot.domain.asking_models import ModelAnswer, Question, Stage, Usage, Wanted
from bot.domain.models import WorkspaceId
from bot.domain.writing import Progress, Writing
from bot.errors import CapReached, ModelFailed, ModelRefused, ModelUnavailable, NoAnswer
from bot.ports import LanguageModel
from bot.text.token_counts import count_tokens

log = logging.getLogger(__name__)

# For one digest, by our estimate: benchmarks/digest_tokens.py. The prose is asked for last.
MOST_TOKENS = 30_000
FOR_PROSE = 7_000
_USABLE_SHARE = 0.9  # of a model's context: our estimate may be a tenth too small
_INSTRUCTIONS = 1_000  # tokens of the longest prompt without its sources
# A model on a server of one's own writes a pack of links in a minute; nobody waits much longer for
# a digest, and one that is delivered is written an hour ahead.
PATIENCE_S = 150.0


class Errand:
    """Asks for one digest. The first failure that ends it is what its readers are told."""

    def __init__(
        self,
        model: LanguageModel,
        workspace: WorkspaceId,
        *,
        digest: str,
        most_tokens: int = MOST_TOKENS,
        patience_s: float = PATIENCE_S,
        progress: Progress | None = None,
    ) -> None:
        self.workspace = workspace
        self.digest = digest
        # Tokens that the sources of one question and its answer may take.
        self.room = round(model.context_tokens * _USABLE_SHARE) - _INSTRUCTIONS
        self.writing = Writing(model.name)
        self.progress = progress or Progress()
        self._model = model
        self._tokens_left = most_tokens
        self._until = asyncio.get_running_loop().time() + patience_s
        self.is_over = False

    async def ask(
        self, question: Question[Wanted], *, leaving: int = 0
    ) -> ModelAnswer[Wanted] | None:
        """Return None where nothing comes of it. `leaving`: the tokens that others need after it.

        Raises:
            NoAnswer: what came cannot be used; asking otherwise may help.

        """
        needed = sum(count_tokens(each.text) for each in question.prompt.messages)
        if self.is_over:
            return None
        if needed > self._tokens_left - leaving:
            if question.stage is not Stage.REPAIR:  # else there is what was refused to tell of
                self._say_without("too_much")
            return None
        self._tokens_left -= needed
        try:
            async with asyncio.timeout_at(self._until):
                answer = await self._model.ask(question)
        except NoAnswer as failure:
            self._book(failure)
            raise
        except (ModelFailed, TimeoutError) as failure:
            log.warning("going on without the model", extra={"why": str(failure)})
            self._give_up(failure)
            return None
        self.writing = self.writing.add(answer.usage)
        return answer

    def miss(self) -> None:
        """Say that an answer could not be used, and what it was to tell is told without it."""
        if not self.writing.without:
            self._say_without("no_answer")

    def refuse(self) -> None:
        """Say that one part is told without the model, which made things up."""
        self.writing = replace(self.writing, refused=self.writing.refused + 1)

    def tell(self) -> None:
        """Say that one part of the prose is the model's."""
        written = self.writing
        self.writing = replace(written, told=written.told + 1, prose=written.prose + 1)

    def _give_up(self, failure: ModelFailed | TimeoutError) -> None:
        match failure:
            case CapReached():
                self._end("cap_reached", str(failure.cap))
            case ModelRefused():
                self._end("refuses", failure.reason)
            case ModelUnavailable():
                self._end("unavailable")
            case ModelFailed():
                self._end("no_answer")
            case _:
                self._end("too_slow")
        if isinstance(failure, ModelFailed):
            self._book(failure)

    def _book(self, failure: ModelFailed) -> None:
        self.writing = self.writing.add(Usage(failure.tokens_in, failure.tokens_out))

    def _end(self, without: str, value: str = "") -> None:
        self.is_over = True
        self._say_without(without, value)

    def _say_without(self, without: str, value: str = "") -> None:
        self.writing = replace(self.writing, without=without, value=value)
