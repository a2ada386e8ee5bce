"""One document of each form that Jubo reads, in words of our own, about one week."""

from __future__ import annotations

ARCHIVE = """\
# 2025 독서 기록
- 📜 : 논문
- 🧑🏻‍💻 : 개발 블로그
- 🗞️ : 뉴스
- 🤪 : 재미

## 🌱 1월

<details>
<summary>2nd week</summary>

- 📜 [Harbor Lab] [Sparse search for long tables](https://arxiv.org/abs/2501.00001)
  - 긴 표에서 필요한 줄만 찾는 희소 검색을 제안한다.
    - → 메모리를 절반만 쓴다.
  - [Github](https://github.com/example/sparse-search)
  - <details><summary>중요 개념</summary>

    - **희소 검색(Sparse search)**: 드문 단어에 무게를 두는 검색
    </details>
- 🧑🏻‍💻 [개발실] [작은 색인 만들기](https://blog.example.org/index?utm_source=x)
  - 하루 만에 색인을 만든 과정을 적었다.
- 🗞️ [Northfield] [A new test for speech models](https://news.example.com/speech)
  - The test covers forty languages.
- 🤪 [구름](https://fun.example.net/clouds)

</details>
"""

TREND = """\
---
title: 2025년 1월 기술 동향
date: 2025-01-20 09:00:00 +0900
categories: [Trend]
tags: [ml]
---

> 이번 달에 눈에 띈 것들입니다.
{: .prompt-info }

## 💡 News

### Harbor Lab, 번역 모델 공개 [^ref-n-1]

- 열두 언어를 다루는 번역 모델을 공개했다.

## 📰 Papers

### Counting tokens twice [^ref-pa-1]

- The paper counts every token twice and compares the sums.

## References

[^ref-n-1]: [번역 모델 공개](https://news.example.com/translate)
[^ref-pa-1]: [Counting tokens twice](https://arxiv.org/abs/2501.00777)
"""

DAILY = """\
# 오늘의 인사이트

![카테고리별 기사 수](news_2025-01-09.png)

## 🧠 Multimodal

**요약:**

1. **주요 주제**
   - 그림과 글을 함께 다루는 모델이 늘고 있다.
2. **주요 사건**
   - Quarry가 그림 설명 도구를 공개했다.
3. **영향 분석**
   - **경제**: 광고 제작 비용이 줄어든다.
   - **과학기술**: 평가 방법이 바뀐다.
4. **최종 요약**
   - 그림 설명이 일상 도구가 되고 있다.

**출처:**
- Captions for everyone (https://news.example.com/captions)
- 그림을 읽는 모델 (https://news.example.com/pictures)
"""

LETTER = """\
안녕하세요, 이번 주 소식을 전합니다.

**비디오: 검색을 처음부터**

대규모 언어 모델(large language models)이 문서를 찾는 과정을
영상으로 만들었습니다. 아래 주소에서 볼 수 있습니다.

- 색인을 만드는 방법
- 순위를 매기는 방법

https://video.example.com/search

**과정(Course): 평가하는 법**

평가 묶음(test suite)을 만드는 네 주짜리 과정을 열었습니다. [새 링크 추가 예정]

**다음 소식**

다음 주에는 음성 합성(speech synthesis)을 다루겠습니다. 읽어 주셔서 고맙습니다.
"""

TALK = """\
# 2025-01-08 모임 메모

## 배포 자동화 발표

### 왜 하나

- 손으로 하면 새벽에 깬다
- 되돌리는 데 20분 → 1분
- 비용은 ??

### 남은 일

- 알림을 줄이기
- 시험 환경을 늘리기
"""

DOCUMENTS = {
    "archive.md": ARCHIVE,
    "trend.md": TREND,
    "daily.md": DAILY,
    "letter.md": LETTER,
    "talk.txt": TALK,
}
