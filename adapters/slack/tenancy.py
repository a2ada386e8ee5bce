"""Whose a delivery is: one app may be installed in several workspaces, and we serve one."""

from __future__ import annotations

import logging

from adapters.slack.messages import Payload

log = logging.getLogger(__name__)


def is_of_team(body: Payload, team: str) -> bool:
    """Whether this was delivered for `team`; what names no workspace at all is taken.

    In a channel that is shared between companies `team_id` is where it happened, so that for
    events `authorizations` counts: for whom Slack tells it. Source: docs.slack.dev, "Events API".
    """
    told_for = [each.get("team_id") for each in body.get("authorizations") or ()]
    acted_in = (body.get("team") or {}).get("id")
    teams = {each for each in told_for or (acted_in or body.get("team_id"),) if each}
    return not teams or team in teams


class Tenancy:
    """Tells what is ours; others' workspaces are logged once each."""

    def __init__(self, team: str) -> None:
        self._team = team
        self._others: set[str] = set()

    def is_foreign(self, body: Payload) -> bool:
        if is_of_team(body, self._team):
            return False
        other = str(body.get("team_id") or (body.get("team") or {}).get("id"))
        if other not in self._others:
            self._others.add(other)
            log.warning(
                "the app is installed elsewhere too, what is said there is left alone",
                extra={"team": other},
            )
        return True
