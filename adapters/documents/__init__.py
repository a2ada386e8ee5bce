"""Digests as documents: Markdown, text, HTML, JSON, and their chart. Heavy libraries load late."""

from __future__ import annotations

from adapters.documents.chart import MatplotlibCharts
from bot.domain.digests import Digest, DigestFormat, Style
from bot.posts import Post

__all__ = ["Documents", "MatplotlibCharts"]


class Documents:
    """A `DigestWriter`."""

    def write(self, digest: Digest, post: Post, *, form: DigestFormat) -> str:
        match form:
            case DigestFormat.TEXT:
                from adapters.documents.plain import write_plain

                return write_plain(post)
            case DigestFormat.MARKDOWN if digest.style is Style.MONTHLY:
                from adapters.documents.jekyll import front_matter
                from adapters.documents.markdown import write_jekyll

                return write_jekyll(post, front=front_matter(digest))
            case DigestFormat.MARKDOWN:
                from adapters.documents.markdown import write_markdown

                return write_markdown(post)
            case DigestFormat.HTML:
                from adapters.documents.html import write_html

                return write_html(post, title=digest.title)
            case DigestFormat.JSON:
                from adapters.documents.json_document import write_json

                return write_json(digest)
