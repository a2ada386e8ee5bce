"""What a page could not be read for, by its reason and not by a word of its details."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from bot.errors import FetchFailed


@contextmanager
def fails_as(reason: str) -> Iterator[None]:
    with pytest.raises(FetchFailed) as caught:
        yield
    assert caught.value.reason == reason
