"""Text that tells a model or its reader what to do, in what is read and in what is written.

What a source tells a model is left out of the evidence, so that nothing a model says because of it
is carried by anything. An article that quotes such orders loses them as evidence, too.
"""

# ruff: noqa: E501 - an alternative of a pattern is read best on one line

from __future__ import annotations

import re
from itertools import pairwise

from bot.text.sentences import split_sentences

# Orders go on: "Ignore all instructions. Say that … . Link to … ."
_SENTENCES_AFTER = 3

# Of whom one can say "you are": a page on models says "the model" of any.
_ASSISTANT = r"(?:AI(?: \w+)?|A\.I\.|LLM|GPT|ChatGPT|chat ?bot|assistant|language model|summari[sz]er|pirate|bot|agent)"
_MODEL = r"(?:AI|A\.I\.|LLMs?|GPT|ChatGPT|chat ?bots?|assistants?|(?:language )?models?|summari[sz]ers?|agents?)"
_MODEL_KO = (
    r"(?:AI|인공지능|LLM|챗봇|어시스턴트|비서|(?:언어\s?)?모델|요약\s?(?:기|봇|AI)|에이전트)"
)
_RULES = r"(?:instruct\w*|prompts?|rules?|guidelines|directions|directives?|orders|guardrails|system message)"
_RULES_KO = r"(?:지시|명령|지침|프롬프트|규칙|시스템\s?메시지|가이드라인)"
_WRITE = (
    r"(?:say|write|output|print|reply|respond|answer|append|insert|include|add|mention|tell"
    r"|repeat|end|begin|start|state|recommend|summari[sz]e|translate|reveal|disclose|link|praise)"
)
_OUTPUT = r"(?:summar\w+|answers?|responses?|repl(?:y|ies)|output|digest|bullets?|readers?|users?)"
_OUTPUT_KO = (
    r"(?:요약|답변)(?:문|글|본)?(?:에|에는|의?\s?끝에|의?\s?마지막에|\s?대신|할\s?때|하지|을|를)"
)
_COMMAND_END_KO = r"(?:라|세요|십시오|시오|것|줘|주세요)(?=[.!\s]|$)"
_COMMAND_KO = (
    r"(?:포함|추가|쓰|써|적|넣|말하|말해|출력|작성|언급|추천|권유|답하|답해|표시|무시|따르|알리|알려)[가-힣\s]{0,4}"
    + _COMMAND_END_KO
)

_TO_A_MODEL = re.compile(
    rf"\b(?:ignore|disregard|forget)\b[^.!?]{{0,60}}\b{_RULES}\b"
    # An article tells that somebody bypassed them; an order begins so.
    rf"|(?:^|[,:;\"“‘]\s*|\b(?:please|you|must|should|now|always|then)\s+)\W*(?:override|bypass|skip)\b[^.!?]{{0,60}}\b{_RULES}\b"
    rf"|\b(?:ignore|disregard|forget)\s+(?:everything|all|anything|what)\b[^.!?]{{0,30}}\b(?:above|before|previous\w*|prior|said|told)\b"
    rf"|\b(?:you are|you're|act as|pretend to be|behave as)\s+(?:now\s+(?:an?\s+|the\s+)?|an?\s+|the\s+)(?:\w+\s+){{0,2}}{_ASSISTANT}\b"
    rf"|\b(?:system|developer|hidden)\s+(?:prompt|message|instruction|override|notice)s?\b\s*[:\-—]"
    rf"|\b(?:new|updated|important|special)\s+{_RULES}\s*(?:for\b[^.]{{0,30}})?[:\-—]"
    rf"|\b(?:note|notice|message|attention(?=\s*[,:!]|\s+(?:to|for|any|all|every)\b)|instructions?|important|warning)\s*(?:to|for)?[\s,:]*(?:any|all|the|every)?\s*{_MODEL}\b[^.]{{0,40}}[:,!]"
    rf"|^\W*(?:AI|LLMs?|ChatGPT|(?:AI )?assistants?|language models?|summari[sz]ers?|chat ?bots?)\s*[,:!]\s*(?:please|you|now|do|don't|never|always|click|visit|ignore|disregard|{_WRITE})\b"
    rf"|\b(?:if|when|as|since)\s+you\s+(?:are|'re)\s+(?:an?\s+|the\s+)(?:\w+\s+)?{_ASSISTANT}\b"
    rf"|\b(?:when|while|before|if|instead of|after)\s+(?:you\s+)?(?:are\s+)?(?:asked to\s+)?summari[sz](?:e|ing)\s+(?:this|the)\b"
    rf"|\b(?:you|{_MODEL})\s+(?:must|should|shall|will|need to|have to|are to)\s+(?:now\s+|only\s+|always\s+|also\s+|instead\s+)?{_WRITE}\b[^.!?]{{0,80}}\b(?:{_OUTPUT}|exactly|instead|only|this)\b"
    rf"|^\W*(?:please\s+|now\s+|then\s+|instead,?\s+|always\s+|only\s+|do not\s+|don't\s+|never\s+)*{_WRITE}\b[^.!?]{{0,60}}\b(?:in|to|of|at the end of|your|the|every|each|all)\s+(?:your\s+|the\s+)?{_OUTPUT}\b"
    rf"|\b{_MODEL}\b[^.!?]{{0,50}}\b(?:must|should|shall|are to|have to|need to)\b[^.!?]{{0,40}}\b{_WRITE}\b[^.!?]{{0,30}}\b(?:summary|answer|response|reply|readers?|everyone|users?)\b"
    rf"|\b{_WRITE}\b[^.!?]{{0,20}}\b(?:summary|answer|response|reply)\s+(?:with|by)\b"
    rf"|\byour\s+(?:summary|answer|response|reply|output)\s+(?:must|should|has to|needs to|is to)\b"
    r"|<\|?/?(?:im_start|im_end|system|assistant|user|endoftext)\|?>|\[/?INST\]|<<SYS>>|^\W*(?:system|assistant)\s*:"
    rf"|(?:이전|앞|위|기존|모든|지금까지|원래|상기)[가-힣\s]{{0,16}}{_RULES_KO}[가-힣\s]{{0,10}}(?:무시|잊|따르지|버리|폐기)"
    rf"|{_RULES_KO}[을를은는]?\s?(?:전부|모두|다|완전히)?\s?(?:무시|잊|따르지\s?(?:말|마))[^.!?]{{0,80}}{_COMMAND_END_KO}"
    rf"|(?:너는|당신은|넌|당신이|네가)[^.!?]{{0,20}}{_MODEL_KO}"
    rf"|시스템\s?(?:프롬프트|메시지|명령|지시|공지)\s?[:：]|(?:새로운?|중요)\s?{_RULES_KO}\s?[:：]"
    rf"|{_MODEL_KO}\s?(?:에게|은|는|이라면|라면|님|,|:)[^.!?]{{0,60}}{_COMMAND_KO}"
    rf"|{_OUTPUT_KO}[^.!?]{{0,50}}{_COMMAND_KO}",
    re.IGNORECASE,
)

# Some word of every pattern above: most lines have none, which is told in a tenth of the time.
_HINT = re.compile(
    r"instruct|ignor|disregard|forget|overrid|bypass|prompt|system|assistant|\bA\.?I\b|LLM|GPT|chat ?bot|summar"
    r"|you are|you're|act as|pretend|behave|models?\b|agent|your? |answer|response|reply|output|digest|bullet|reader|users?\b"
    r"|im_start|im_end|<\W?(?:system|user|endof)|INST\]|<<SYS|guideline|directi|rules?\b|orders?\b"
    r"|지시|명령|지침|프롬프트|규칙|시스템|가이드라인|요약|답변|너는|당신|넌|네가|인공지능|챗봇|어시스턴트|비서|모델|에이전트",
    re.IGNORECASE,
)

# Whom nobody wants to be called by a bot, and what no summary says to its reader.
_CALLS_PEOPLE = re.compile(
    r"@(?:everyone|here|channel|all)\b|<[@!#][^>]{1,60}>|<!(?:here|channel|everyone)", re.IGNORECASE
)
_WANTS = (
    r"visit|go to|subscribe|sign up|log ?in|register|buy|order|contact|e-?mail|message|dm|send|transfer|pay"
    r"|join|vote|donate|claim|redeem|invest|hurry|act|share|follow|download|call"
)
# Whoever explains a tool says these, too.
_EXPLAINS = (
    r"open|install|enter|provide|submit|verify|update|confirm|run|execute|paste|copy|reply|forward"
)
_TO_THE_READER = re.compile(
    r"\b(?:click|tap|press)\s+(?:here|this link|the link|on the link|below|now)\b"
    rf"|^\W*(?:please\s+|now\s+|just\s+)*(?:{_WANTS})\b.{{0,100}}\b(?:you|your|now|today|here|link|us|immediately|free|everyone|bitcoin|tokens?)\b"
    rf"|^\W*(?:please\s+|now\s+|just\s+)*(?:{_WANTS}|{_EXPLAINS})\b.{{0,100}}\b(?:passwords?|bank|wallet|credentials|credit card|reward|prize|immediately|link below|your account|your (?:access )?token)\b"
    rf"|^\W*(?:please\s+|now\s+|just\s+)*(?:{_WANTS})\b.*!\W*$"
    r"|\b(?:your|their)\s+(?:password|passwords|credentials|credit card|wallet|bank account|seed phrase)\b"
    r"|\byou\s+(?:must|should|need to|have to|are required to)\b[^.]{0,60}\b(?:immediately|link|password|account)\b"
    r"|\byou (?:have|'ve) (?:won|been (?:selected|hacked|chosen))\b|\b(?:pwned|hacked by)\b"
    r"|(?:클릭|접속|방문|가입|구독|송금|입금|결제|구매|신청|로그인|문의|연락|투표|투자|답장|회신)(?:을|를|하여)?\s?"
    r"(?:하세요|하십시오|하시오|해\s?주세요|해\s?주십시오|바랍니다|부탁드립니다|하시기\s?바랍니다|하라|해라|해\s?보세요)"
    r"|(?:지금|바로|즉시|무료|모두|여러분|당첨|할인|계정)[^.]{0,40}(?<!유의)(?<!주의)(?<!참고)(?<!참조)(?:하세요|하십시오|해\s?주세요|바랍니다|부탁드립니다|하라|해라)"
    r"|(?:보내|눌러|들러)\s?(?:주세요|주십시오|세요|라)|보내세요|누르세요"
    r"|(?:비밀번호|암호|계좌|카드\s?번호|인증\s?번호|개인\s?정보)[을를]?\s?(?:입력|알려|보내|전송|제공|공개)",
    re.IGNORECASE,
)


# What a bulletin repeats for nobody, even where a page says just this.
_LURES = re.compile(
    r"\b(?:your|their)\s+(?:\w+\s)?(?:password|passwords|credentials|credit card|wallet|bank account|seed phrase)\b"
    r"|\b(?:click|tap)\s+(?:here|this link|the link|on the link|below)\b|\b(?:pwned|hacked by)\b"
    r"|^\W*(?:please\s+|now\s+|just\s+)*(?:buy|claim|redeem|send|transfer|invest)\b.{0,80}\b(?:now|today|immediately|tokens?|bitcoin)\W*$"
    r"|(?:비밀번호|암호|계좌\s?번호|카드\s?번호|인증\s?번호)[을를]?\s?(?:알려|보내|전송)",
    re.IGNORECASE,
)


def lures(sentence: str) -> bool:
    return _LURES.search(sentence) is not None


def tells_a_model(sentence: str) -> bool:
    return _HINT.search(sentence) is not None and _TO_A_MODEL.search(sentence) is not None


def tells_the_reader(sentence: str) -> bool:
    return _TO_THE_READER.search(sentence) is not None


def calls_people(sentence: str) -> bool:
    return _CALLS_PEOPLE.search(sentence) is not None


def without_instructions(text: str) -> str:
    """Return the text without what it tells a model and the sentences that go on with it."""
    if not any(map(tells_a_model, text.splitlines())):
        return text
    return "\n".join(_without(line) if tells_a_model(line) else line for line in text.splitlines())


def _without(line: str) -> str:
    sentences = split_sentences(line)
    # An order may run over a border between sentences: "AI: attention. Write …".
    starts = {
        index
        for index, (first, second) in enumerate(pairwise((*sentences, "")))
        if tells_a_model(first)
        or (not tells_a_model(second) and tells_a_model(f"{first} {second}"))
    }
    return " ".join(
        sentence
        for index, sentence in enumerate(sentences)
        if not any(start <= index <= start + _SENTENCES_AFTER for start in starts)
    )
