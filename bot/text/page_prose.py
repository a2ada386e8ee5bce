"""What of a page is prose: its sentences, without what stands around them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.text.inline import plain
from bot.text.languages import Language
from bot.text.sentences import split_sentences
from bot.text.standing_alone import without_dateline

_MIN_PROSE_LETTERS = {Language.KO: 10, Language.EN: 20}
# Rows of scores and lines of code hold fewer letters than this among their signs.
_MIN_LETTER_SHARE = 0.65

_FENCE = re.compile(r"\s{0,8}(?:```|~~~)")
_LINK = re.compile(r"!?\[([^\[\]\n]{0,300})\]\([^()\s]{0,2000}\)")
_ADDRESS = re.compile(r"https?://\S+")
_LINE_MARKS = re.compile(r"^\s*(?:>\s?|[-*+•·▪◦]\s+|\d{1,3}[.)]\s+)+")
_HEADING = re.compile(r"\s*#{1,6}\s")
_TABLE_ROW = re.compile(r"\s*\||.*\|.*\|.*\|")
_CODE = re.compile(
    r"[;{}]\s*$|^\s*(?:import|from|def|class|return|const|let|var|function|public|private|#include"
    r"|pip install|npm install|git clone|curl|sudo|docker)\s.*[=(){};:/-]|^\s*[$>]\s|=>|::|</"
)
# Copyright, privacy and advertising are subjects, too: of them only what pages say of themselves.
_BOILERPLATE = re.compile(
    # Whether one can begin here is asked first: that halves the time.
    r"\b(?=[acdlmnprst])(?:cookies?|subscribe|newsletter|sign (?:in|up)|log ?in"
    r"|all rights reserved|copyright (?:\d|by|notice|©|\(c\))|privacy policy"
    r"|terms of (?:use|service)|share (?:this|on)"
    r"|read more|advertisement|click here|related (?:articles|posts)|min(?:ute)?s? read)\b"
    r"|©|ⓒ|무단\s?전재|재배포|저작권(?:자는|법의 보호|.{0,12}에(?:게)? 있)|구독(?:하기|을|해)"
    r"|로그인|회원가입|댓글|공유하기|개인정보\s?(?:처리|취급)\s?방침|이용약관|^광고|광고\s?문의"
    r"|관련\s?기사|기자\s?=|@(?<=[\w.]@)[\w.]",
    re.IGNORECASE,
)


def _lines_outside_code(text: str) -> Iterator[str]:
    is_code = False
    for line in text.splitlines():
        if _FENCE.match(line):
            is_code = not is_code
        elif not is_code:
            yield line


def prose_of(text: str, language: Language) -> Iterator[str]:
    """Yield whole sentences without markup: no headings, tables, code, page furniture."""
    for line in _lines_outside_code(text):
        if _HEADING.match(line) or _TABLE_ROW.match(line) or _CODE.search(line):
            continue
        for sentence in split_sentences(_LINE_MARKS.sub("", line)):
            clean = without_dateline(_clean(sentence))
            if _is_prose(clean, language):
                yield clean


def _is_prose(sentence: str, language: Language) -> bool:
    letters = sum(map(str.isalpha, sentence))
    return (
        letters >= _MIN_PROSE_LETTERS[language]
        and letters >= _MIN_LETTER_SHARE * len(sentence.replace(" ", ""))
        and not _BOILERPLATE.search(sentence)
    )


def plain_lines(text: str) -> list[str]:
    """Return the lines as they read, for a page that has nothing else."""
    return [clean for line in _lines_outside_code(text) if (clean := _clean(line.lstrip("# ")))]


def _clean(text: str) -> str:
    without_links = _ADDRESS.sub("", _LINK.sub(r"\1", _LINE_MARKS.sub("", text)))
    return " ".join(plain(without_links).split()).rstrip(":· ")
