"""The guard: whether what a model wrote is carried by the sources that it names.

Pure and lexical: it finds what the sources lack, and what turns round the sentence it is clearly
of; see `contradictions`. A sentence that puts their words together to something else may pass.
Everything a source says is data; see `instructions`.
"""

from bot.domain.guard.judging import Guard
from bot.domain.guard.verdicts import Fault, Judgement, Refusal, Source, Statement, Verdict

__all__ = ["Fault", "Guard", "Judgement", "Refusal", "Source", "Statement", "Verdict"]
