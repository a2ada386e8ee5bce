"""Words of a text as search sees them: the same on every database, without a dictionary."""

import re
import unicodedata
from functools import lru_cache
from itertools import chain

import Stemmer

# Function words only: a stop word that carries meaning ("not", "over") would make two
# different questions equal.
STOP_WORDS = frozenset(
    """a an the and or but if so than then of in on at by to for from with without into as is are
    was were be been being am do does did doing have has had having it its this that these those
    there here they them their he she his her him we us our you your i me my what which who whom
    whose when where why how such will would can could should may might must also about""".split()  # noqa: SIM905 - reads better than eighty quoted words
)

_HANGUL = "가-힣"
_HAN_KANA = "\u3041-\u3096\u30a1-\u30fa\u30fc\u3400-\u4dbf\u4e00-\u9fff"
# Runs are bounded so that hostile input fills neither the cache nor a database column.
_WORD = rf"[^\W_{_HANGUL}{_HAN_KANA}]{{1,64}}"
_RUN = re.compile(
    rf"[{_HANGUL}]{{1,64}}|[{_HAN_KANA}]{{1,64}}"
    # Hyphens join the parts of a name, dots and commas only the digits of a number.
    rf"|{_WORD}(?:(?:-|(?<=\d)[.,](?=\d)){_WORD}){{0,7}}"
    # C++ and C#, but not the marks of "1++" or "a#b".
    r"(?:(?<=[a-z])(?:\+\+|\#)(?!\w)|['’](?:s|t|d|m|re|ve|ll)\b)?"
)
_PART = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+|[^\W_]+?")
_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+")

# A full-text column splits words at symbols, so the symbols that matter are spelled out.
_SPELLED = str.maketrans({"+": "plus", "#": "sharp", ".": "point", ",": "point", "-": ""})

_stem = Stemmer.Stemmer("english").stemWord


def tokenise(text: str) -> list[str]:
    """Return the search words of `text` in reading order, repeats kept.

    Hangul becomes overlapping syllable pairs, English is stemmed and loses its stop words.
    A name with a digit such as GPT-4 gives its parts and, as one word, the whole; C++ and 3.5
    stay whole. Every word consists of letters and digits only, so a full-text column that
    splits at whitespace and symbols gets exactly these words back.
    """
    folded = unicodedata.normalize("NFKC", text).casefold()
    return list(chain.from_iterable(map(_words_of_run, _RUN.findall(folded))))


@lru_cache(maxsize=1 << 16)
def _words_of_run(run: str) -> tuple[str, ...]:
    if "가" <= run[0] <= "힣" or "\u3040" <= run[0] <= "\u9fff":
        return tuple(run[i : i + 2] for i in range(len(run) - 1)) or (run,)
    if run.isalpha():  # as most are
        return () if run in STOP_WORDS else (_stem(run),)
    name = re.split("['’]", run, maxsplit=1)[0]
    if name.endswith(("++", "#")):
        return (_spell(name),)
    parts = _PART.findall(name)
    words = [_spell(_stem(part)) for part in parts if part not in STOP_WORDS]
    if len(parts) > 1 and any(map(_is_number, parts)) and not all(map(_is_number, parts)):
        words.append(_spell(name))
    return tuple(words)


def _is_number(part: str) -> bool:
    return part[0].isdecimal()


def _spell(word: str) -> str:
    if _THOUSANDS.fullmatch(word):
        return word.replace(",", "")
    return word.translate(_SPELLED)
