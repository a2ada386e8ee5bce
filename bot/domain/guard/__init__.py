"""The guard: whether what a model wrote is carried by the sources that it names.

Pure and lexical: it finds what the sources lack, and cannot tell that a sentence made of their
words says something else. Everything a source says is data; see `instructions`.
"""

from bot.domain.guard.judging import Guard
from bot.domain.guard.verdicts import Fault, Judgement, Refusal, Source, Statement, Verdict

__all__ = ["Fault", "Guard", "Judgement", "Refusal", "Source", "Statement", "Verdict"]
