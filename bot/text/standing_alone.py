"""A sentence taken out of its text: what it leans on, and how to begin without it."""

from __future__ import annotations

import re

# Where a report is from and by whom: "LONDON (AP) — ", "(CNN)", "(서울=연합뉴스) 김가나 기자 = ".
_DATELINE = re.compile(
    r"(?:[A-Z][A-Z .'’-]{2,30}(?:,\s[A-Z][\w. ]{1,20})?\s)?"
    r"\((?:AP|AFP|CNN|UPI|Reuters|Bloomberg)\)\s?(?:[-–—]+\s?)?(?=[A-Z\"“])"
    r"|[A-Z][A-Z .'’-]{2,30}(?:,\s[A-Z][\w. ]{1,20})?\s[–—]\s(?=[A-Z\"“])"
    r"|[(\[][가-힣·, ]{2,20}=[가-힣A-Za-z0-9]{2,15}[)\]]\s?"
    r"(?:[가-힣]{2,4}\s(?:기자|특파원)\s?=\s?)?"
    r"|[가-힣]{2,4}\s(?:기자|특파원)\s?=\s?"
    r"|[-–—]+\s"
)
_JOINS = re.compile(
    r"(?:but(?! for\b)|and|however,|moreover,|furthermore,|in addition,|additionally,|therefore,"
    r"|thus,|hence,|also,|so,|instead,|meanwhile,|for example,|for instance,|finally,|in short,"
    r"|in other words,)\s+"
    r"|(?:하지만|그러나|그런데|그래서|그러므로|따라서|또한|게다가|더구나|그래도|예를 들어|예컨대"
    r"|그리고(?! 나서)|또(?! 다른|는)|즉"
    r"|(?:우선|먼저|결국|한편|반면|반면에|다만|마지막으로|그럼에도 불구하고|그 결과|물론|사실)(?=,)"
    r"),?\s+",
    re.IGNORECASE,
)
_MOST_JOINS = 2
_POINTS_BACK = re.compile(
    r"[\"“'‘]?(?!(?-i:IT|US))(?:"
    r"(?:it|its|he|she|they|their|his|her|these|those|such|that(?:['’]s)?|here|there"
    r"|both (?:are|were|is|was|have|had|can|use|used|of)|another|others|neither"
    r"|the (?:rest|latter|former|same|others?|second|third)"
    r"|this(?! (?:is an?|paper|work|article|post|study|guide|tutorial|book|page|report|repo\w*"
    r"|project|blog|course|library|package|tool|talk|video|chapter|survey|week|month|year)\b))\b"
    r"|(?:이러한|이런|그런|그러한|이는|이를|이에|이와|이로|이것|그것|이들|그들|그는|그녀|이렇|그렇"
    r"|이처럼|그처럼|여기서|여기에|거기|이때|그때|그중|그\s|해당\s|위에서|앞서|앞의|위와|위의|위\s"
    r"|아래|나머지"
    r"|이\s(?!글|논문|포스트|포스팅|문서|책|튜토리얼|블로그|강의|강좌|영상|가이드|기사|프로젝트|저장소"
    r"|서비스|보고서|연구|과정|코스|라이브러리|도구|페이지|시리즈|장에|장은)))",
    re.IGNORECASE,
)
# What is not beside it any more: a figure, a table, a listing.
_SHOWS = re.compile(
    r"\b(?:figures?|fig\.|tables?|listings?)\s\d"
    r"|\b(?:figure|table|image|picture|diagram|chart|graph|code|snippet|example|screenshot)s?"
    r"\s(?:above|below)\b"
    r"|\b(?:above|below|following)\s(?:figure|table|image|picture|diagram|chart|graph|code|snippet"
    r"|example|screenshot|command)s?\b"
    r"|(?:위|아래|다음|옆)(?:의|에)?\s?(?:그림|표|코드|사진|이미지|스크린샷|테이블|예제|화면|수도\s?코드"
    r"|그래프|링크|캡처|명령어|소스)"
    r"|(?:그림|표)\s?\d|(?:다음|아래)(?:와|과)\s같",
    re.IGNORECASE,
)


def points_back(sentence: str) -> bool:
    """Tell that its first words mean something only after the sentence before."""
    return _POINTS_BACK.match(without_joint(sentence)) is not None


def points_at_figure(sentence: str) -> bool:
    return _SHOWS.search(sentence) is not None


def without_dateline(sentence: str) -> str:
    return _DATELINE.sub("", sentence, count=1) if _DATELINE.match(sentence) else sentence


def without_joint(sentence: str) -> str:
    """Return the sentence without what only joins it to another: "하지만 ", "However, "."""
    for _ in range(_MOST_JOINS):
        joint = _JOINS.match(sentence)
        if joint is None:
            break
        sentence = sentence[joint.end() :]
        sentence = sentence[:1].upper() + sentence[1:]
    return sentence
