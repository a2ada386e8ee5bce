"""What people share in a chat: an address of each kind, what its site answers, how it must end.

All answers are written for this, in the form of their sites.
"""

from __future__ import annotations

import io
import itertools
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from urllib.parse import quote

from PIL import Image

from tests.fakes.office import make_docx, make_epub, make_pptx, make_xlsx
from tests.fakes.pdf import lock_pdf, make_pdf
from tests.servers.local_web import HANG, Answer, answer, redirect

READ, UNREADABLE, WAITS = "read", "unreadable", "waits"
UNTRUSTED = "old-certificate.example"


@dataclass(frozen=True, slots=True)
class Shared:
    """`says`: a part of the title if it is read, else the reason. `gaps`: what is told to lack."""

    what: str
    address: str
    ends: str
    says: str
    gaps: Sequence[str] = ()
    answers: dict[str, Answer | list[bytes]] = field(default_factory=dict)


def page(title: str, *paragraphs: str, head: str = "", lang: str = "en") -> bytes:
    body = "".join(f"<p>{each}</p>" for each in paragraphs)
    return answer(
        f'<!doctype html><html lang="{lang}"><head><title>{title}</title>{head}</head><body>'
        f"<article><h1>{title}</h1>{body}</article></body></html>"
    )


def as_json(value: object) -> bytes:
    return answer(json.dumps(value), content_type="application/json")


def as_file(data: bytes, content_type: str, *headers: str) -> bytes:
    return answer(data, content_type=content_type, headers=headers)


QUEUE = (
    "A queue that tells its length is waited in more patiently than a shorter one that does not.",
    "We asked forty people in two cities to wait for the same coffee. Half of them saw a number "
    "count down; they left less often, and they guessed their wait to be a third shorter.",
    "The number need not be right. It has to move.",
)
MODEL = (
    "작은 언어 모델을 회의록 요약에 써 보니 큰 모델보다 나은 점이 하나 있었다. "
    "모르는 것을 모른다고 말하게 만들기가 쉬웠다.",
    "우리는 석 달 동안 회의 백이십 건을 요약했고, 사람이 고친 문장을 세었다. "
    "처음에는 열 문장 가운데 네 문장을 고쳤지만 마지막 달에는 한 문장만 고쳤다.",
    "가장 큰 도움이 된 것은 모델이 아니라 회의록 양식을 하나로 맞춘 일이었다.",
)
GIST = "0123456789abcdef0123456789abcdef"
VIDEO = "https://www.youtube.com/watch?v="


def atom(number: str, title: str) -> bytes:
    return answer(
        '<feed xmlns="http://www.w3.org/2005/Atom"><entry>'
        f"<id>http://arxiv.org/abs/{number}v1</id><published>2024-01-02T17:59:00Z</published>"
        f"<title>{title}</title><summary>{QUEUE[0]} {QUEUE[1]}</summary>"
        "<author><name>Ada Byron</name></author></entry></feed>",
        content_type="application/atom+xml",
    )


def arxiv_api(number: str) -> str:
    return f"https://export.arxiv.org/api/query?id_list={number}&max_results=1"


def oembed(video: str) -> str:
    return f"https://www.youtube.com/oembed?format=json&url={quote(VIDEO + video, safe='')}"


def player(title: str, *, status: str = "OK") -> bytes:
    said = {
        "playabilityStatus": {"status": status},
        "videoDetails": {"title": title, "author": "Queue TV", "shortDescription": QUEUE[1]},
    }
    return answer(
        f"<html><head><title>{title} - YouTube</title></head><body>"
        f"<script>var ytInitialPlayerResponse = {json.dumps(said)};</script></body></html>"
    )


def papers() -> Iterator[Shared]:
    full = (
        '<html><body><article class="ltx_document"><section class="ltx_section">'
        '<h2 class="ltx_title">1 Introduction</h2><div class="ltx_para">'
        f'<p class="ltx_p">{QUEUE[1]}</p></div></section></article></body></html>'
    )
    yield Shared(
        "a paper", "https://arxiv.org/abs/2401.01234", READ, "Small Queues, Long Waits", (),
        {arxiv_api("2401.01234"): atom("2401.01234", "Small Queues, Long Waits"),
         "https://arxiv.org/html/2401.01234": answer(full)},
    )  # fmt: skip
    yield Shared(
        "a paper's PDF", "https://arxiv.org/pdf/2402.04321v2", READ, "Waiting in Two Cities", (),
        {arxiv_api("2402.04321v2"): atom("2402.04321", "Waiting in Two Cities"),
         "https://arxiv.org/pdf/2402.04321v2":
            as_file(make_pdf(QUEUE[0], QUEUE[2]), "application/pdf")},
    )  # fmt: skip
    model = {"id": "byron/small-ko", "author": "byron", "pipeline_tag": "summarization"}
    yield Shared(
        "a model", "https://huggingface.co/byron/small-ko", READ, "byron/small-ko", (),
        {"https://huggingface.co/api/models/byron/small-ko": as_json(model),
         "https://huggingface.co/byron/small-ko/raw/main/README.md":
            as_file(f"# 작은 모델\n\n{MODEL[0]}\n".encode(), "text/plain; charset=utf-8")},
    )  # fmt: skip


def code() -> Iterator[Shared]:
    api, raw = "https://api.github.com/repos/byron", "https://raw.githubusercontent.com/byron"
    readme = f"# Queues\n\n{QUEUE[0]}\n\n{QUEUE[1]}\n"
    facts = {"full_name": "byron/queues", "description": "Queues that tell how long they are"}
    yield Shared(
        "a repository", "https://github.com/byron/queues", READ, "Queues that tell", (),
        {f"{api}/queues": as_json(facts),
         f"{raw}/queues/HEAD/README.md": as_file(readme.encode(), "text/plain; charset=utf-8")},
    )  # fmt: skip
    limited = answer('{"message": "rate limit"}', content_type="application/json",
                     status="403 Forbidden", headers=["X-RateLimit-Remaining: 0"])  # fmt: skip
    yield Shared(
        "a repository beyond the API's limit", "https://github.com/byron/waits", READ, "waits",
        (),
        {f"{api}/waits": limited,
         "https://github.com/byron/waits": page("byron/waits: how long people wait", *QUEUE)},
    )  # fmt: skip
    issue = {"title": "The number jumps back", "state": "open", "user": {"login": "ada"},
             "body": QUEUE[1], "comments": 0, "created_at": "2024-05-06T00:00:00Z"}  # fmt: skip
    yield Shared(
        "an issue", "https://github.com/byron/queues/issues/7", READ, "The number jumps back", (),
        {f"{api}/queues/issues/7": as_json(issue)},
    )  # fmt: skip
    yield Shared(
        "a file of code", "https://github.com/byron/queues/blob/main/src/queue.py", READ,
        "src/queue.py", (),
        {f"{raw}/queues/main/src/queue.py":
            as_file(b"class Queue:\n    '''Tells its length.'''\n", "text/plain; charset=utf-8")},
    )  # fmt: skip
    gist = {"description": "Counting waits", "owner": {"login": "byron"},
            "files": {"waits.md": {"filename": "waits.md", "content": readme}}}  # fmt: skip
    yield Shared(
        "a gist", f"https://gist.github.com/byron/{GIST}", READ, "Counting waits", (),
        {f"https://api.github.com/gists/{GIST}": as_json(gist)},
    )  # fmt: skip


def videos() -> Iterator[Shared]:
    told = {"title": "Why queues wait", "author_name": "Queue TV"}
    yield Shared(
        "a video without captions", f"{VIDEO}aaaaaaaaaa1", READ, "Why queues wait",
        ("transcript",),
        {oembed("aaaaaaaaaa1"): as_json(told), f"{VIDEO}aaaaaaaaaa1": player("Why queues wait")},
    )  # fmt: skip
    short = {**told, "title": "Short waits"}
    yield Shared(
        "a video behind a question about cookies", "https://youtu.be/aaaaaaaaaa2?si=x", READ,
        "Short waits",
        ("description", "transcript"),
        {oembed("aaaaaaaaaa2"): as_json(short),
         f"{VIDEO}aaaaaaaaaa2": redirect("https://consent.youtube.com/m?continue=x"),
         "https://consent.youtube.com/m?continue=x": page("Before you continue to YouTube")},
    )  # fmt: skip
    yield Shared(
        "a video that is gone", f"{VIDEO}aaaaaaaaaa3", UNREADABLE, "not_found", (),
        {oembed("aaaaaaaaaa3"): answer("Not Found", status="404 Not Found"),
         f"{VIDEO}aaaaaaaaaa3": player("", status="ERROR")},
    )  # fmt: skip
    vimeo = "https://vimeo.com/123456789"
    yield Shared(
        "a video elsewhere", vimeo, READ, "A line in Busan", ("description", "transcript"),
        {f"https://vimeo.com/api/oembed.json?format=json&url={quote(vimeo, safe='')}":
            as_json({"title": "A line in Busan", "author_name": "Harbour", "type": "video"})},
    )  # fmt: skip


def talks() -> Iterator[Shared]:
    blog = "https://blog.queues.example/patience"
    story = {"id": 42, "type": "story", "title": "Why queues wait", "author": "ada", "url": blog,
             "children": [{"author": "bob", "text": "I waited."}]}  # fmt: skip
    yield Shared(
        "a thread on Hacker News", "https://news.ycombinator.com/item?id=42", READ,
        "Why queues wait", (),
        {"https://hn.algolia.com/api/v1/items/42": as_json(story),
         blog: page("Patience", *QUEUE)},
    )  # fmt: skip
    post = {"kind": "t3", "data": {"id": "abc12", "title": "Which small model do you use?",
            "selftext": QUEUE[0], "author": "ada", "subreddit": "LocalLLaMA", "is_self": True,
            "permalink": "/r/LocalLLaMA/comments/abc12/which/",
            "created_utc": 1704164645}}  # fmt: skip
    comment = {"kind": "t1", "data": {"author": "bob", "body": "The smallest that works."}}
    yield Shared(
        "a thread on Reddit", "https://www.reddit.com/r/LocalLLaMA/comments/abc12/which/", READ,
        "Which small model", (),
        {"https://www.reddit.com/comments/abc12.json?raw_json=1&limit=200&depth=4":
            as_json([{"data": {"children": [post]}}, {"data": {"children": [comment]}}])},
    )  # fmt: skip
    yield Shared(
        "a thread on GeekNews", "https://news.hada.io/topic?id=12345", READ, "줄 서기의 과학",
        (),
        {"https://news.hada.io/topic?id=12345": answer(
            '<html lang="ko"><head><title>줄 서기의 과학 | GeekNews</title></head><body>'
            '<div class="topictitle link"><a href="https://queues.example/x" class="bold ud">'
            '<h1>줄 서기의 과학</h1></a></div><div id="topic_contents" class="topic_contents">'
            f"<ul><li>{MODEL[0]}</li><li>{MODEL[2]}</li></ul></div></body></html>"),
         "https://queues.example/x": page("Queues", *QUEUE)},
    )  # fmt: skip
    x_post = "https://twitter.com/ada/status/1742400000000000000"
    said = {"author_name": "에이다", "author_url": "https://twitter.com/ada",
            "html": "<blockquote><p>큐는 기다린다</p></blockquote>"}  # fmt: skip
    yield Shared(
        "a post on X", "https://x.com/ada/status/1742400000000000000", READ, "큐는 기다린다", (),
        {f"https://publish.twitter.com/oembed?omit_script=1&dnt=true&url={quote(x_post, safe='')}":
            as_json(said)},
    )  # fmt: skip


def articles() -> Iterator[Shared]:
    english = page("The number has to move", *QUEUE, head='<meta name="author" content="A. Byron">')
    korean = page("작은 모델로 회의록 요약하기", *MODEL, lang="ko")
    one = "https://www.harbourpost.example/2024/05/queues"
    yield Shared("an article", one, READ, "The number has to move", (), {one: english})
    one = "https://mulgyeol.tistory.com/81"
    yield Shared("a Korean blog", one, READ, "작은 모델로 회의록", (), {one: korean})
    one = "https://blog.naver.com/summer/223000000001"
    paragraphs = "".join(f'<p class="se-text-paragraph">{each}</p>' for each in MODEL)
    yield Shared(
        "a blog of Naver", one, READ, "큐는 기다린다", (),
        {"https://m.blog.naver.com/summer/223000000001": answer(
            '<html><head><meta property="og:title" content="큐는 기다린다 : 네이버 블로그"></head>'
            f'<body><div class="se-main-container">{paragraphs}</div></body></html>')},
    )  # fmt: skip
    one = "http://news.mulgyeol.example/view.php?no=77"
    old = f"<html><head><title>부산 항구의 새벽</title></head><body><div><p>{'</p><p>'.join(MODEL)}"
    yield Shared(
        "Korean news in an old encoding", one, READ, "부산 항구의 새벽", (),
        {one: as_file(f"{old}</p></div></body></html>".encode("cp949"),
                      "text/html; charset=euc-kr")},
    )  # fmt: skip
    own = "https://www.harbourpost.example/2024/06/ferries"
    ferries = page("Ferries that wait", *QUEUE, head=f'<link rel="canonical" href="{own}">')
    one = "https://www.harbourpost.example/amp/2024/06/ferries"
    yield Shared("an AMP page", one, READ, "Ferries that wait", (), {one: ferries, own: ferries})
    end = "https://www.harbourpost.example/2024/07/trams"
    yield Shared(
        "a short address", "https://bit.ly/3queues", READ, "Trams on time", (),
        {"https://bit.ly/3queues": redirect(end, status="301 Moved Permanently"),
         end: page("Trams on time", *QUEUE)},
    )  # fmt: skip
    one = "https://www.mulgyeol.example/premium/31"
    offer = "<strong>이 기사는 유료 구독자 전용입니다.</strong>"
    yield Shared(
        "an article for subscribers", one, READ, "공장의 하루", ("paywall",),
        {one: page("작은 모델이 바꾸는 공장의 하루", *MODEL[:2], offer, lang="ko")},
    )  # fmt: skip


def files() -> Iterator[Shared]:
    site = "https://files.harbourpost.example"
    office = "application/vnd.openxmlformats-officedocument"
    picture = io.BytesIO()
    Image.new("RGB", (320, 200), "navy").save(picture, "PNG")
    lines = (f"{QUEUE[0]}\n\n{QUEUE[1]}\n").encode()
    feed = (
        '<?xml version="1.0"?><rss version="2.0"><channel><title>Harbour Post</title>'
        f"<item><title>Trams on time</title><link>{site}/1</link>"
        f"<description>{QUEUE[0]}</description></item></channel></rss>"
    )
    pdf = make_pdf(QUEUE[0], QUEUE[2], title="Waiting report")
    table = make_xlsx(Waits=[["city", "minutes"], ["Busan", "4"], ["Seoul", "7"]])
    for what, path, said, data, content_type, gaps in (
        ("a PDF", "/report.pdf", "Waiting report", pdf, "application/pdf", ()),
        ("a Word document", "/memo.docx", "Memo on queues",
         make_docx("# Waiting", *QUEUE, title="Memo on queues"),
         f"{office}.wordprocessingml.document", ()),
        ("slides", "/talk.pptx", "Why queues wait",
         make_pptx(("Why queues wait", [QUEUE[0], QUEUE[2]], "Say this slowly.")),
         f"{office}.presentationml.presentation", ()),
        ("a workbook", "/waits.xlsx", "waits.xlsx", table, f"{office}.spreadsheetml.sheet", ()),
        ("a book", "/patience.epub", "Patience",
         make_epub(f"<h1>One</h1><p>{QUEUE[1]}</p>", title="Patience"), "application/epub+zip", ()),
        ("a picture", "/busan.png", "busan.png", picture.getvalue(), "image/png", ("content",)),
        ("a feed", "/feed.xml", "Harbour Post", feed.encode(), "application/rss+xml", ()),
        ("plain text", "/notes.txt", "A queue that tells", lines, "text/plain; charset=utf-8", ()),
        ("Markdown", "/notes.md", "Notes on queues", b"# Notes on queues\n\n" + lines,
         "text/markdown; charset=utf-8", ()),
        ("JSON", "/waits.json", "waits.json", b'{"busan": 4, "seoul": 7}', "application/json", ()),
        ("an archive", "/corpus.tar.gz", "corpus.tar.gz", b"\x1f\x8b" + bytes(4000),
         "application/gzip", ("content",)),
    ):  # fmt: skip
        yield Shared(
            what, site + path, READ, said, gaps, {site + path: as_file(data, content_type)}
        )
    one = f"{site}/secret.pdf"
    yield Shared(
        "a locked PDF", one, UNREADABLE, "locked", (),
        {one: as_file(lock_pdf(pdf, "open sesame"), "application/pdf")},
    )  # fmt: skip
    one = f"{site}/torn.docx"
    torn = as_file(make_docx(*QUEUE)[:400], f"{office}.wordprocessingml.document")
    yield Shared("a damaged document", one, UNREADABLE, "damaged", (), {one: torn})


def walls() -> Iterator[Shared]:
    one = "https://www.linkedin.com/posts/ada_queues-activity-7100000000000000000-abcd"
    wall = "https://www.linkedin.com/authwall?trk=x"
    form = "<form><input type=email><input type=password></form>"
    yield Shared(
        "a post behind a log-in", one, UNREADABLE, "login", (),
        {one: redirect(wall), wall: page("Sign Up | LinkedIn", form)},
    )  # fmt: skip
    one, form_at = "https://cafe.naver.com/aistudy/123", "https://nid.naver.com/nidlogin.login?u=x"
    yield Shared(
        "a café for members", one, UNREADABLE, "login", (),
        {one: redirect(form_at), form_at: page("네이버 : 로그인", form, lang="ko")},
    )  # fmt: skip
    for what, one, reason, said in (
        ("a page that asks who it is", "https://wiki.harbourpost.example/plan", "login",
         answer("", status="401 Unauthorized")),
        ("a page that keeps programs out", "https://www.harbourshop.example/item/1", "forbidden",
         answer("", status="403 Forbidden")),
        ("a challenge", "https://www.careful.example/post/9", "captcha",
         answer('<title>Just a moment...</title><body><noscript>Enable JavaScript and cookies to '
                'continue</noscript><script src="/cdn-cgi/challenge-platform/x.js"></script>')),
        ("a challenge with a refusal", "https://guarded.example/post/9", "captcha",
         answer("<title>Just a moment...</title>", status="403 Forbidden")),
        ("a firewall", "https://www.mulgyeolbank.example/news/3", "blocked",
         answer('<meta charset="utf-8"><title>차단 안내</title><p>웹 방화벽 보안 정책에 의해 '
                "접속이 차단되었습니다.</p>")),
        ("a question about cookies", "https://zeitung.example/wirtschaft/1", "consent",
         answer("<title>We value your privacy</title><h1>We value your privacy</h1><p>We and our "
                "214 partners store information on a device, such as cookies.</p>")),
        ("a name for sale", "https://queue-model.example/", "parked",
         answer("<title>queue-model.example</title><h1>queue-model.example</h1><p>The domain "
                "queue-model.example may be for sale.</p>")),
        ("a server without a site", "http://new.harbourpost.example/", "parked",
         page("Welcome to nginx!", "Further configuration is required.")),
        ("a deleted post that answers well", "https://board.mulgyeol.example/free/881", "not_found",
         answer('<meta charset="utf-8"><script>alert("삭제된 게시글입니다.");history.back()'
                "</script>")),
        ("a page that is not there", "https://www.harbourpost.example/2024/05/qeues", "not_found",
         answer("<h1>Not found</h1>", status="404 Not Found")),
        ("a page that is gone for good", "https://www.harbourpost.example/2009/1", "not_found",
         answer("", status="410 Gone")),
        ("an app that is all script", "https://app.queues.example/b/12", "empty",
         answer("<title>Queues</title><noscript>You need to enable JavaScript to run this app."
                '</noscript><div id="root"></div><script src="/main.js"></script>')),
    ):  # fmt: skip
        yield Shared(what, one, UNREADABLE, reason, (), {one: said})
    one, front = "https://old.mulgyeol.example/news/2011/44", "https://old.mulgyeol.example/"
    yield Shared(
        "an old article that leads home", one, UNREADABLE, "not_found", (),
        {one: redirect(front), front: page("물결신문", MODEL[0], lang="ko")},
    )  # fmt: skip


def troubles() -> Iterator[Shared]:
    site = "https://trouble.example"
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n"
    endless = itertools.chain([head], itertools.repeat(b"<p>and on and on " + b"x" * 65536))
    again = answer("", status="503 Service Unavailable")
    failing: tuple[tuple[str, str, str, Answer | list[bytes]], ...] = (
        ("a server that fails", "/error", "server_error", [again, page("Back again", *QUEUE)]),
        ("a site that asks for patience", "/often", "too_many_requests",
         answer("", status="429 Too Many Requests", headers=["Retry-After: 600"])),
        ("a site under maintenance", "/closed", "maintenance",
         page("시스템 점검 중입니다.", "점검 시간 동안 서비스 이용이 일시 중단됩니다.", lang="ko")),
    )  # fmt: skip
    for what, path, reason, said in failing:
        yield Shared(what, site + path, WAITS, reason, (), {site + path: said})
    one = "https://slow.example/"  # the other one asks for a rest
    yield Shared("a slow page", one, WAITS, "timeout", (), {one: (head, HANG)})
    one = f"{site}/endless"
    yield Shared("a page without end", one, UNREADABLE, "too_large", (), {one: endless})
    one, two = f"{site}/a", f"{site}/b"
    yield Shared(
        "a ring of redirects", one, UNREADABLE, "too_many_redirects", (),
        {one: redirect(two), two: redirect(one)},
    )  # fmt: skip
    one = f"{site}/inside"
    yield Shared(
        "a way inside", one, UNREADABLE, "private_address", (),
        {one: redirect("http://169.254.169.254/latest/meta-data/")},
    )  # fmt: skip
    yield Shared("an inside address", "http://192.168.0.1/admin", UNREADABLE, "private_address")
    yield Shared("a name that nobody has", "https://no-such-site.example/x", WAITS, "unreachable")
    one = f"https://{UNTRUSTED}/post/1"
    yield Shared(
        "a broken certificate", one, UNREADABLE, "insecure", (), {one: page("Old", *QUEUE)}
    )


def shared_addresses() -> list[Shared]:
    """Return them anew: some answers can be given once."""
    groups = (papers, code, videos, talks, articles, files, walls, troubles)
    return [each for group in groups for each in group()]


def answers_of(shared: Sequence[Shared]) -> dict[str, Answer | list[bytes]]:
    return {address: said for each in shared for address, said in each.answers.items()}
