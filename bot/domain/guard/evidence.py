"""What one source says, indexed once: its words, numbers, dates, names and how they sound."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import cached_property
from itertools import pairwise

from bot.domain.guard.contradictions import Carriers
from bot.domain.guard.disguises import undisguise
from bot.domain.guard.instructions import without_instructions
from bot.domain.guard.stems import stem
from bot.domain.guard.verdicts import Source
from bot.text.common_words import load_common_words
from bot.text.dates import PartialDate, find_dates
from bot.text.languages import Language, detect_language
from bot.text.particles import strip_particle
from bot.text.quantities import Quantity, find_quantities
from bot.text.sentences import split_sentences
from bot.text.sounds import Sound, sound_english, sound_korean
from bot.text.tokens import STOP_WORDS, tokenise

LATIN = re.compile(r"[A-Za-zÀ-ɏ]+")
HANGUL = re.compile(r"[가-힣]+")
# GPT-4, H100, Llama 3.1: letters and a number that belong together.
NUMBERED = re.compile(r"([A-Za-z]+)([-_ ]?)(\d+(?:\.\d+)*)([A-Za-z]{0,4})(?![A-Za-z])")
_APOSTROPHE = re.compile(r"(?<=[A-Za-zÀ-ɏ])’(?=[A-Za-zÀ-ɏ])")
_NOT_WORD = re.compile(r"[\W_]+")
_ADDRESS = re.compile(r"(?:https?://|www\.)[^\s<>\"'()\[\]]+", re.IGNORECASE)
_CAPITALISED_RUN = re.compile(r"[A-Z][A-Za-z]*(?:[ -](?:(?:of|and|for|the) )?[A-Z][A-Za-z]*){2,5}")
# Korean takes over the bare word: 디버그 for debugging.
_INFLECTION = re.compile(r"(?:(?<=[^aeiou])(?:ed|ing|ers?|at(?:ions?|ors?))|s)$")
_LATIN_PLURAL = re.compile(r"(?<=[a-z]{2})ices$")  # matrices: 매트릭스
_CAPITAL_INSIDE = re.compile(r"(?<=[a-z])(?=[A-Z])")
_NAME_RUN = re.compile(r"[A-Z][a-z]+(?:[ -][A-Za-z][a-z]+){1,2}")
# So many words that stand together so many times are a term; two may do so by chance.
_REPEATED_TERMS = ((2, 3), (3, 2), (4, 2))
_SHORTEST_ACRONYM = 3
_NAME_PREFIXES = (2, 3, 4)


def normalise(text: str) -> str:
    return _APOSTROPHE.sub("'", unicodedata.normalize("NFKC", text))


def squeeze(text: str) -> str:
    """Return letters and digits only: what is the same however it is spaced and quoted."""
    return _NOT_WORD.sub("", text.casefold())


def spell_numbered(match: re.Match[str]) -> str:
    return f"{match[1]}{match[3]}{match[4]}".casefold()


class Evidence:
    """A source without what it tells a model. Its title, address and names count as said."""

    def __init__(self, source: Source) -> None:
        body = normalise(source.text)
        self.body = without_instructions(body)
        # Counted, so that an order leaves nothing of what stands elsewhere, too.
        ordered = (
            Counter(tokenise(body)) - Counter(tokenise(self.body)) if body != self.body else ()
        )
        self.ordered = frozenset(ordered)
        title = without_instructions(normalise(source.title))
        published = source.published.isoformat() if source.published else ""
        about = [title, *map(normalise, source.names), published]
        self.text = "\n".join([self.body, *filter(None, about)])
        self.url = source.url
        self.carriers = Carriers(self.body, title=title)
        self.language = detect_language(self.body)

    @cached_property
    def folded(self) -> str:
        return self.text.casefold()

    @cached_property
    def plain(self) -> str:
        return undisguise(self.folded)

    @cached_property
    def spaced(self) -> str:
        return " ".join(self.folded.split())

    @cached_property
    def squeezed(self) -> str:
        return squeeze(self.text)

    @cached_property
    def squeezed_url(self) -> str:
        return squeeze(self.url)

    @cached_property
    def sentences(self) -> frozenset[str]:
        return frozenset(map(squeeze, split_sentences(self.text)))

    @cached_property
    def tokens(self) -> frozenset[str]:
        return frozenset(tokenise(self.text))

    @cached_property
    def words(self) -> frozenset[str]:
        words = {word.casefold() for word in self._latin}
        # No stemmer knows the plural of an acronym.
        return frozenset(words | {word.removesuffix("s") for word in words if len(word) > 2})

    @cached_property
    def stems(self) -> frozenset[str]:
        return frozenset(map(stem, self.words))

    @cached_property
    def capitalised(self) -> frozenset[str]:
        return frozenset(word.casefold() for word in set(self._latin) if not word.islower())

    @cached_property
    def pairs(self) -> frozenset[tuple[str, str]]:
        return frozenset(pairwise(word.casefold() for word in self._latin))

    @cached_property
    def acronyms(self) -> frozenset[str]:
        """What its terms may be shortened to.

        A term is three to six capitalised words in a row, or words that it repeats together.
        """
        return self._repeated_initials | frozenset(
            initials[start : start + size]
            for run in _CAPITALISED_RUN.findall(self.text)
            for initials in ["".join(word[0].casefold() for word in LATIN.findall(run))]
            for size in range(_SHORTEST_ACRONYM, len(initials) + 1)
            for start in range(len(initials) - size + 1)
        )

    @property
    def _repeated_initials(self) -> frozenset[str]:
        words = [word.casefold() for word in self._latin]
        found: set[str] = set()
        for size, times in _REPEATED_TERMS:
            runs = Counter(zip(*(words[start:] for start in range(size)), strict=False))
            found |= {
                "".join(word[0] for word in run)
                for run, count in runs.items()
                if count >= times and STOP_WORDS.isdisjoint(run)
            }
        return frozenset(found)

    @cached_property
    def numbered(self) -> frozenset[str]:
        return frozenset(spell_numbered(match) for match in NUMBERED.finditer(self.text))

    @cached_property
    def quantities(self) -> dict[float, list[Quantity]]:
        found: defaultdict[float, list[Quantity]] = defaultdict(list)
        for quantity in find_quantities(self.text):
            for reading in quantity.readings:
                found[reading].append(quantity)
        return dict(found)

    @cached_property
    def versions(self) -> frozenset[str]:
        return frozenset(each.text for each in self.quantities.get(-1.0, ()))

    @cached_property
    def dates(self) -> list[PartialDate]:
        return find_dates(self.text)

    @cached_property
    def date_numbers(self) -> frozenset[float]:
        return frozenset(float(number) for date in self.dates for number in date.numbers)

    @cached_property
    def addresses(self) -> frozenset[str]:
        found = (*_ADDRESS.findall(self.text), self.url)
        return frozenset(filter(None, map(bare_address, found)))

    def sounds_like(self, word: str) -> bool:
        """Tell whether a word of the other script says what `word` does: 구글 and Google."""
        if HANGUL.fullmatch(word):
            sound = sound_korean(word)
            return self._has_sound(sound)
        return any(map(self._has_korean_sound, sound_english(word)))

    def _has_sound(self, sound: Sound) -> bool:
        for other, is_name in self._latin_sounds.get(sound.consonants, ()):
            # Two consonants that agree are chance among the words of a page, not among its names.
            is_as_long = other.syllables <= sound.syllables <= other.most_syllables
            is_sure = len(sound.consonants) > 2 or is_name or is_as_long
            if sound.is_like(other) and is_sure:
                return len(sound.consonants) > 1
        return False

    def _has_korean_sound(self, sound: Sound) -> bool:
        if len(sound.consonants) < 2:
            return False
        return any(map(sound.is_like, self._korean_sounds.get(sound.consonants, ())))

    @cached_property
    def _latin(self) -> list[str]:
        return LATIN.findall(self.text)

    @cached_property
    def _latin_sounds(self) -> dict[str, list[tuple[Sound, bool]]]:
        found: defaultdict[str, list[tuple[Sound, bool]]] = defaultdict(list)
        words = {
            *self._latin,
            *(part for word in self._latin for part in _CAPITAL_INSIDE.split(word)),
        }
        spellings = {*words, *(_INFLECTION.sub("", word) for word in words)}
        spellings |= {_LATIN_PLURAL.sub("ix", word) for word in words}
        for word in sorted(spellings):
            for sound in sound_english(word):
                found[sound.consonants].append((sound, not word.islower()))
        for run in set(_NAME_RUN.findall(self.text)):
            first, *rest = LATIN.findall(run)
            pairs = pairwise((first, *rest)) if len(rest) > 1 else ()
            for sound in (sound for pair in pairs for sound in sound_english("".join(pair))):
                found[sound.consonants].append((sound, True))
            # Korean writes a name as one word, and a family name first: 딥마인드, 김철수.
            for spelling in ("".join([first, *rest]), "".join([*rest[1:], first, *rest[:1]])):
                for sound in sound_english(spelling):
                    found[sound.consonants].append((sound, True))
        return dict(found)

    @cached_property
    def _korean_sounds(self) -> dict[str, list[Sound]]:
        found: defaultdict[str, list[Sound]] = defaultdict(list)
        common = load_common_words()
        for word in sorted(set(HANGUL.findall(self.text))):
            if common.is_korean(word):
                continue  # what is Korean spells no foreign name
            for name in _may_name(word):
                sound = sound_korean(name)
                found[sound.consonants].append(sound)
        return dict(found)


def _may_name(word: str) -> Iterator[str]:
    noun = strip_particle(word)
    yield noun
    yield from (noun[:length] for length in _NAME_PREFIXES if length < len(noun))


def bare_address(address: str) -> str:
    """Return an address as people compare it: no scheme, no www, nothing behind its end."""
    bare = re.sub(r"^(?:https?://)?(?:www\.)?", "", address.strip().casefold())
    return bare.split("#", 1)[0].rstrip("/.,;:!?)]}>\"'")


__all__ = ["HANGUL", "LATIN", "NUMBERED", "Evidence", "Language", "stem"]
