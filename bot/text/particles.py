"""The grammar at the end of Korean words, told by its spelling: there is no dictionary here."""

import re


def _ending(alternatives: str) -> re.Pattern[str]:
    return re.compile(rf"(?:{'|'.join(alternatives.split())})$")


_PARTICLE = _ending(
    """을 를 은 는 이 가 의 에 로 와 과 도 만 에서 에게 으로 로서 로써 으로서 으로써 에는 에도
    에서는 에서도 에서의 으로는 으로도 으로의 로부터 에게서 라는 라고 이라는 이라고 이란 까지
    까지는 부터 부터는 처럼 보다 마다 조차 만큼 이나 이며 이고 이다 입니다 과의 와의 들이 들은
    들을 들의 들과 들에"""
)
# Nouns of three syllables and more that only look as if they ended in a particle; shorter
# nouns are safe because a stem keeps at least two syllables.
_LOOKALIKE = _ending(
    """정확도 정밀도 난이도 유사도 신뢰도 해상도 복잡도 특이도 완성도 만족도 선호도 중요도
    연관도 민감도 기여도 활용도 인지도 이해도 숙련도 투명도 성숙도 참여도 인기도 전문가 분석가
    활동가 재평가 사업가 투자가 작곡가 소설가 백만 천만 십만 역효과 [가-힣]결과 [가-힣]효과
    [가-힣]성과 [가-힣]평가 [가-힣]국가 [가-힣]경로 [가-힣]회로 [가-힣]차이 [가-힣]길이
    [가-힣]깊이 [가-힣]회의 [가-힣]정의 [가-힣]주의 [가-힣]속도 [가-힣]온도 디스플레이
    게이트웨이 릴레이 플레이 어레이 하이웨이 와이파이 라즈베리파이 페이 스파이 어린이 딜레이
    마이크로 매크로 프로 하이드로"""
)
# Verb and adjective forms: what stands before a noun or a new clause, or ends a sentence.
_INFLECTED = _ending(
    """하는 되는 있는 없는 같은 않는 않은 시키는 받는 만드는 보는 주는 쓰는 가지는 나타나는
    줄이는 높이는 다루는 이루는 걸리는 나오는 적인 로운 스러운 다운 [가-힣]려는 [가-힣]던
    [가-힣]된 [가-힣]될 [가-힣]한 [가-힣]할 뛰어난 늘어난 나타난 쉬운 어려운 낮은 높은 작은 많은
    적은 좋은 넓은 빠른 느린 깊은 가벼운 무거운 하여 하고 하며 하지만 해서 했고 되어 되고 되며
    하면 되면 으면 려면 으며 지만 는데 위해 통해 대해 의해 관해 비해 따라 따른 위하여 통하여
    없이 가지고 하기 되기 하지 되지 하게 되게 해야 [가-힣]면서 [가-힣]도록 [가-힣]니다 했다 한다
    된다 됐다 였다 있다 없다 하다 되다 이다 세요 해요 어요 예요 에요 네요 습니까 인가 할까 될까
    했음 하기에 [가-힣]인데 아야 어야 여야 [가-힣]{2}다 같다 바뀐 밝혀 롭게 쓴다 간다 온다 본다
    만든 나온 가진 [가-힣]{2}해 [가-힣]춰 [가-힣]줘 [가-힣]꿔 [가-힣]져 [가-힣]켜 [가-힣]둬
    [가-힣]{2}히"""
)
_NOT_INFLECTED = _ending(
    """제한 권한 극한 무한 최소한 최대한 상한 하한 기한 시한 북한 남한 분할 역할 관할 카운트다운"""
)


def strip_particle(word: str) -> str:
    """Return the noun without its particle; a stem of one syllable stays as it is.

    The longest ending counts: 에서는 goes as a whole.
    """
    match = _PARTICLE.search(word)
    if match is None or match.start() < 2 or _LOOKALIKE.search(word):
        return word
    return word[: match.start()]


def is_inflected(word: str) -> bool:
    """Tell a verb or adjective form from a noun."""
    return _INFLECTED.search(word) is not None and _NOT_INFLECTED.search(word) is None
