"""Which of the plain readers a document is for, by its type."""

from __future__ import annotations

import re
from importlib import import_module

from adapters.parsing import Download
from bot.domain.models import PageText

# The first that fits; each is a module of `documents` with a function `read_…` of its name.
_READERS = tuple(
    (re.compile(types), name)
    for types, name in (
        (r"text/html|application/xhtml\+xml", "article"),
        (r"application/pdf", "pdf"),
        (
            r"application/((epub|hwp)\+zip|msword|vnd\.(openxmlformats|oasis|ms-|hancom).+)",
            "office",
        ),
        (r"image/.+", "image"),
        (r"text/.+|application/(.+[+-])?(xml|json|yaml|javascript)", "plain"),
        (r".*", "unknown"),
    )
)


def read_document(download: Download) -> PageText:
    """Return what a document says. Each reader loads with the first document of its type.

    Raises:
        FetchFailed: there is nothing in it to read.

    """
    name = next(name for types, name in _READERS if types.fullmatch(download.content_type))
    module = import_module(f"adapters.fetching.documents.{name}")
    page: PageText = getattr(module, f"read_{name}")(download)
    return page
