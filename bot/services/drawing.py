"""Charts, each drawn once: at nine on Monday many channels get the same one."""

from __future__ import annotations

import asyncio
from collections import OrderedDict

from bot.domain.digests import Chart
from bot.ports import ChartDrawer

KEPT = 512  # pictures of some 20 kB


class Charts:
    def __init__(self, drawer: ChartDrawer, *, kept: int = KEPT) -> None:
        self._drawer = drawer
        self._most = kept
        self._kept: OrderedDict[Chart, bytes] = OrderedDict()
        self._turn = asyncio.Lock()  # one at a time: who waits for the same one finds it drawn

    async def draw(self, chart: Chart | None) -> bytes:
        """Return a PNG; nothing for no chart."""
        if chart is None:
            return b""
        async with self._turn:
            picture = self._kept.get(chart)
            if picture is None:
                picture = await asyncio.to_thread(self._drawer.draw, chart)
                self._kept[chart] = picture
                if len(self._kept) > self._most:
                    self._kept.popitem(last=False)
            self._kept.move_to_end(chart)
        return picture
