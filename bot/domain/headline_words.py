"""Words that headlines of every subject say: to share them tells little."""

from functools import cache

from bot.text.tokens import tokenise

# How many titles and leads have such a word, roughly: a period is too small to tell.
_LATIN_SHARE = 0.05
_KOREAN_SHARE = 0.1  # a pair of syllables belongs to several words

# Written by hand: what a report calls itself and what any team or paper does.
_WORDS = """
survey overview introduction introducing announcing announces unveils reveals launches releases
guide tutorial review update explained comprehensive towards report says study paper results
model language large learning deep neural network machine training train data dataset system
method approach algorithm task performance experiment framework benchmark evaluation evaluate
analysis research propose present novel new based using use work show learned improve better
efficient open source code tool agent human ai llm llms generative artificial intelligence
multimodal reasoning generation text image video search prompt knowledge information user people
year time first one two can make world company firm government set also more most many other
different high state application problem way help need part
소개 공개 출시 발표 정리 후기 리뷰 소식 안내 공유 총정리 모델 언어 학습 데이터 기술 개발 서비스
시스템 방법 연구 결과 성능 활용 사용 기반 생성 인공지능 합니다 했습니다 입니다 있습니다 됩니다
하는 위한 통해 대한 에서 으로 그리고 하지만 이를 했다 한다
"""


@cache
def headline_shares() -> dict[str, float]:
    """Return the share of links that say a search word, for those that many say."""
    return {word: _LATIN_SHARE if word.isascii() else _KOREAN_SHARE for word in tokenise(_WORDS)}
