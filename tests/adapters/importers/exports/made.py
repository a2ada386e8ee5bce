"""Small exports in the form of each program, made up for these tests."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Mapping
from io import BytesIO
from typing import Any

from bot.domain.archives import Form


def as_json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1).encode()


def zipped(files: Mapping[str, str | bytes]) -> bytes:
    made = BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as folder:
        for name, content in files.items():
            folder.writestr(name, content)
    return made.getvalue()


ARTICLE = "<p>Lamps were lit along the coast.</p><script>no()</script>" + "<p>One by one.</p>" * 20

BOOKMARKS = """<!DOCTYPE NETSCAPE-Bookmark-file-1>
<META HTTP-EQUIV="Content-Type" CONTENT="text/html; charset=UTF-8">
<TITLE>Bookmarks</TITLE>
<H1>Bookmarks Menu</H1>
<DL><p>
<DT><A HREF="place:sort=8" ADD_DATE="1700000000">Most visited</A>
<DT><A HREF="javascript:alert(1)">Bookmarklet</A>
<DT><A HREF="javascript:alert(2)">Another</A>
<DT><H3 ADD_DATE="1700000000">Coast &amp; sea</H3>
<DD>A folder.
<DL><p>
<DT><A HREF="https://lamps.example/a?x=1&amp;y=2" ADD_DATE="1700000000" TAGS="lamps,mlops"
 ICON="data:image/png;base64,iVBO"
 ICON_URI="https://lamps.example/icon.png">Lamps
 of the coast</A>
<DD>Why they are red:
- fog
- habit
<DT><H3>Ships</H3>
<DL><p>
<DT><A HREF="https://ships.example/" ADD_DATE="1700000000000000" PRIVATE="1">Ships</A>
</DL><p>
<DT><A HREF="lighthouse.example/list" ADD_DATE="never">Lighthouses</A>
</DL><p>
<DT><A HREF="http://me:secret@inside.example/">Inside</A>
</DL>
"""
POCKET = """title,url,time_added,tags,status
"Lamps, again
and again",https://lamps.example/,1700000000,sea|mlops,unread
Ships,https://ships.example/,1700000001,,archive
"""
POCKET_HTML = """<!DOCTYPE html><html><head><title>Pocket Export</title></head><body>
<h1>Unread</h1><ul>
<li><a href="https://lamps.example/" time_added="1700000000" tags="sea,mlops">Lamps</a></li>
</ul></body></html>"""
RAINDROP = """id,title,note,excerpt,url,folder,tags,created,cover,highlights,favorite
1,Lamps,"My ""own"" note",An excerpt,https://lamps.example/,Coast/North,"sea, mlops",\
2023-11-14T22:13:20.000Z,,"Highlight:Red is seen best.
Note:in fog",false
2,Ships,,An excerpt,https://ships.example/,Unsorted,,2023-11-14T22:13:21.000Z,,,false
"""
INSTAPAPER = """URL,Title,Selection,Folder,Timestamp,Tags
https://lamps.example/,Lamps,Red is seen best.,Unread,1700000000,"[""sea""]"
https://ships.example/,Ships,,Harbour,1700000001,[]
"""
READER = """Title,URL,ID,Document tags,Saved date,Reading progress,Location,Seen
Lamps,https://lamps.example/,1,"['sea', 'mlops']",2023-11-14 22:13:20+00:00,0,new,True
"""
READWISE = """Highlight,Book Title,Book Author,Amazon Book ID,Note,Color,Tags,Location Type,\
Location,Highlighted at,Document tags
Red is seen best.,Lamps,M. Keeper,,in fog,,,page,1,2023-11-14 22:13:20+00:00,
Oil is dear.,Lamps,M. Keeper,,,,,page,2,2023-11-15 22:13:20+00:00,
"""
KARAKEEP = {
    "bookmarks": [
        {
            "createdAt": 1700000000,
            "title": "Lamps",
            "tags": ["sea", "mlops"],
            "content": {"type": "link", "url": "https://lamps.example/"},
            "note": "Mine.",
        },
        {"createdAt": 1700000001, "title": None, "content": {"type": "text", "text": "A thought"}},
        {"createdAt": 1700000002, "title": "Gone", "tags": [], "content": None},
    ]
}
LINKWARDEN = {
    "collections": [
        {"id": 1, "name": "Coast", "parentId": None, "links": []},
        {
            "id": 2,
            "name": "Lamps",
            "parentId": 1,
            "links": [
                {
                    "name": "Lamps",
                    "url": "https://lamps.example/",
                    "description": "Mine.",
                    "tags": [{"name": "sea"}, {"name": "mlops"}],
                    "createdAt": "2023-11-14T22:13:20.000Z",
                }
            ],
        },
        {"id": 3, "name": "Round", "parentId": 3, "links": [{"url": "https://ships.example/"}]},
    ]
}
WALLABAG_1 = [
    {
        "0": "1",
        "title": "Lamps",
        "url": "https://lamps.example/",
        "is_read": "1",
        "is_fav": "0",
        "content": ARTICLE,
        "tags": "sea,mlops",
    }
]
WALLABAG_2 = [
    {
        "is_archived": 0,
        "is_starred": 0,
        "tags": ["sea", "mlops"],
        "title": "Lamps",
        "url": "https://lamps.example/",
        "content": ARTICLE,
        "created_at": "2023-11-14T22:13:20+0000",
        "published_at": "2023-01-02T00:00:00+0000",
        "published_by": ["M. Keeper"],
        "domain_name": "lamps.example",
        "annotations": [{"text": "in fog", "quote": "Red is seen best."}],
    },
    {
        "is_archived": 0,
        "title": "Ships",
        "url": "https://ships.example/",
        "content": "wallabag can't retrieve it: unable to retrieve full-page content",
    },
]
PINBOARD = [
    {
        "href": "https://lamps.example/",
        "description": "Lamps",
        "extended": "Mine.",
        "time": "2023-11-14T22:13:20Z",
        "shared": "no",
        "toread": "no",
        "tags": "sea mlops",
    }
]
READABILITY = {
    "bookmarks": [
        {
            "article__excerpt": "Red&hellip;",
            "article__url": "https://lamps.example/",
            "article__title": "No title found",
            "date_added": "2023-11-14T22:13:20",
        }
    ],
    "recommendations": [],
}
ELCURATOR = [
    {
        "created_at": "2023-11-14 22:13:20 UTC",
        "title": "Lamps",
        "url": "https://lamps.example/",
        "description": "Mine.",
        "tags": ["sea", "mlops"],
        "is_saved": True,
    }
]
CHROME = {
    "checksum": "0",
    "roots": {
        "bookmark_bar": {
            "name": "Bookmarks bar",
            "type": "folder",
            "children": [
                {
                    "name": "Coast",
                    "type": "folder",
                    "children": [
                        {
                            "name": "Lamps",
                            "type": "url",
                            "date_added": "13344473600000000",
                            "url": "https://lamps.example/",
                        }
                    ],
                },
                {"name": "Settings", "type": "url", "url": "chrome://settings/"},
            ],
        },
        "other": {"children": [], "name": "Other", "type": "folder"},
    },
}
FIREFOX = {
    "title": "",
    "typeCode": 2,
    "type": "text/x-moz-place-container",
    "children": [
        {
            "title": "menu",
            "type": "text/x-moz-place-container",
            "children": [
                {
                    "title": "Coast",
                    "type": "text/x-moz-place-container",
                    "children": [
                        {
                            "title": "Lamps",
                            "type": "text/x-moz-place",
                            "dateAdded": 1700000000000000,
                            "uri": "https://lamps.example/",
                            "tags": "sea,mlops",
                            "annos": [{"name": "bookmarkProperties/description", "value": "Mine."}],
                        },
                        {"title": "Recent", "type": "text/x-moz-place", "uri": "place:sort=14"},
                    ],
                }
            ],
        }
    ],
}
OPML = """<?xml version="1.0" encoding="ISO-8859-1"?>
<opml version="2.0"><head><title>Feeds</title></head><body>
<outline text="Coast">
<outline type="rss" text="Lamps é" title="Lamps é" xmlUrl="https://lamps.example/feed" htmlUrl="https://lamps.example/"/>
<outline text="Ships" htmlUrl="https://ships.example/"/>
</outline></body></opml>"""
SLACK: dict[str, str | bytes] = {
    "channels.json": as_json([{"id": "C1", "name": "papers"}]),
    "groups.json": as_json([{"id": "G1", "name": "board"}]),
    "dms.json": as_json([{"id": "D1", "members": ["U1", "U2"]}]),
    "users.json": as_json(
        [
            {"id": "U1", "team_id": "T1", "name": "mina", "profile": {"display_name": "Mina"}},
            {"id": "U2", "team_id": "T1", "name": "jun", "profile": {"real_name": "Jun K."}},
        ]
    ),
    "papers/2023-11-14.json": as_json(
        [
            {
                "type": "message",
                "user": "U1",
                "text": "look: <https://lamps.example/?a=1&amp;b=2|lamps.example>",
                "ts": "1700000000.000100",
                "attachments": [
                    {"title": "Lamps", "from_url": "https://lamps.example/?a=1&amp;b=2"}
                ],
                "reactions": [
                    {"name": "bookmark", "users": ["U2"], "count": 1},
                    {"name": "joy", "users": ["U2"], "count": 1},
                ],
            },
            {"type": "message", "user": "U1", "text": "no link", "ts": "1700000001.000000"},
            {
                "type": "message",
                "subtype": "bot_message",
                "bot_id": "B1",
                "text": "<https://builds.example/1>",
                "ts": "1700000002.000000",
            },
            {
                "type": "message",
                "subtype": "channel_join",
                "user": "U1",
                "text": "<https://joined.example/>",
                "ts": "1700000003.000000",
            },
        ]
    ),
    "board/2023-11-14.json": as_json(
        [
            {
                "type": "message",
                "user": "U2",
                "text": "<https://secret.example/>",
                "ts": "1700000004.0",
            }
        ]
    ),
    "D1/2023-11-14.json": as_json(
        [
            {
                "type": "message",
                "user": "U2",
                "text": "<https://direct.example/>",
                "ts": "1700000005.0",
            }
        ]
    ),
}
DISCORD: dict[str, Any] = {
    "guild": {"id": "77", "name": "Coast", "iconUrl": "https://cdn.example/icon.png"},
    "channel": {"id": "88", "type": "GuildTextChat", "categoryId": "66", "name": "papers"},
    "messages": [
        {
            "id": "99",
            "type": "Default",
            "timestamp": "2023-11-14T22:13:20.000+00:00",
            "content": "look https://lamps.example/",
            "author": {"id": "11", "name": "mina", "nickname": "Mina", "isBot": False},
            "embeds": [{"title": "Lamps", "url": "https://lamps.example/"}],
            "reactions": [
                {
                    "emoji": {"id": "", "name": "📜"},
                    "count": 1,
                    "users": [{"id": "12", "name": "jun", "nickname": "Jun", "isBot": False}],
                }
            ],
        },
        {
            "id": "100",
            "type": "Default",
            "timestamp": "2023-11-14T22:13:21.000+00:00",
            "content": "https://builds.example/",
            "author": {"id": "13", "name": "builds", "isBot": True},
        },
    ],
}
WHATSAPP = """14/11/2023, 22:13 - Mina: look https://lamps.example/
and more: https://ships.example/
14/11/2023, 22:14 - Jun: nice
"""
MESSENGER = {
    "participants": [{"name": "Mina"}],
    "title": "Coast",
    "messages": [
        {
            "sender_name": "ë¯¸ë\x82\x98",
            "timestamp_ms": 1700000000000,
            "content": "look",
            "share": {"link": "https://lamps.example/"},
        }
    ],
}
OMNIVORE: dict[str, str | bytes] = {
    "metadata_0_to_1.json": as_json(
        [
            {
                "slug": "lamps-1",
                "title": "Lamps",
                "description": "Why.",
                "author": "M. Keeper",
                "url": "https://lamps.example/",
                "labels": ["sea", "mlops"],
                "savedAt": "2023-11-14T22:13:20.000Z",
                "publishedAt": "2023-01-02T00:00:00.000Z",
            }
        ]
    ),
    "content/lamps-1.html": ARTICLE,
    "highlights/lamps-1.md": "> Red is\n> seen best.\n\nin fog\n\n> Oil is dear.\n",
}

EXPORTS: dict[str, tuple[Form, str, bytes]] = {
    "bookmarks": (Form.BOOKMARKS, "bookmarks.html", BOOKMARKS.encode()),
    "pocket": (Form.POCKET, "part_000000.csv", POCKET.encode()),
    "pocket html": (Form.POCKET, "ril_export.html", POCKET_HTML.encode()),
    "raindrop": (Form.RAINDROP, "raindrop.csv", b"\xef\xbb\xbf" + RAINDROP.encode()),
    "raindrop with semicolons": (
        Form.RAINDROP,
        "raindrop.csv",
        RAINDROP.replace("sea, mlops", "sea mlops").replace(",", ";").encode(),
    ),
    "instapaper": (Form.INSTAPAPER, "instapaper-export.csv", INSTAPAPER.encode()),
    "reader": (Form.READWISE, "reader.csv", READER.encode()),
    "readwise": (Form.READWISE, "readwise-data.csv", READWISE.encode()),
    "karakeep": (Form.KARAKEEP, "karakeep.json", as_json(KARAKEEP)),
    "linkwarden": (Form.LINKWARDEN, "backup.json", as_json(LINKWARDEN)),
    "wallabag 1": (Form.WALLABAG, "wallabag.json", as_json(WALLABAG_1)),
    "wallabag 2": (Form.WALLABAG, "All articles.json", as_json(WALLABAG_2)),
    "pinboard": (Form.PINBOARD, "pinboard_export", as_json(PINBOARD)),
    "readability": (Form.READABILITY, "readability.json", as_json(READABILITY)),
    "elcurator": (Form.ELCURATOR, "elcurator.json", as_json(ELCURATOR)),
    "chrome": (Form.CHROME, "Bookmarks", as_json(CHROME)),
    "firefox": (Form.FIREFOX, "bookmarks-2023.json", as_json(FIREFOX)),
    "opml": (Form.OPML, "feeds.opml", OPML.encode("latin-1")),
    "slack": (Form.SLACK, "export.zip", zipped(SLACK)),
    "discord": (Form.DISCORD, "papers.json", as_json(DISCORD)),
    "whatsapp": (Form.WHATSAPP, "chat.txt", WHATSAPP.encode()),
    "messenger": (Form.MESSENGER, "message_1.json", as_json(MESSENGER)),
    "omnivore": (Form.OMNIVORE, "omnivore.zip", zipped(OMNIVORE)),
}
