"""What an export writes down can be read back as it was."""

import json
from dataclasses import asdict
from datetime import datetime

from adapters.exporters import Exported, write_files
from bot.domain.models import ChannelId
from bot.domain.settings import WorkspaceSettings
from bot.domain.taste import Vote
from tests.factories import MINA, NOON
from tests.link_records import make_link


def test_votes_come_back_as_they_were_given() -> None:
    vote = Vote.on(make_link(topics=["rag"]), by=MINA, is_liked=False, at=NOON)
    exported = Exported(
        name="A team",
        settings=WorkspaceSettings(),
        links=(),
        notes=(),
        passages=(),
        concepts=(),
        feeds=(),
        subscriptions=(),
        deliveries=(),
        votes={ChannelId("general"): [vote]},
    )

    files = dict(write_files(exported))

    ((channel, (read,)),) = json.loads(files["votes.json"]).items()
    assert channel == "general"
    assert read == {**asdict(vote), "at": NOON.isoformat()}
    assert Vote(**{**read, "at": datetime.fromisoformat(read["at"])}) == vote
