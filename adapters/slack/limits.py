"""What Slack takes, in UTF-16 units: it does not say what a character is, and no count is higher.

Numbers without another source are checked by slack_sdk/models, the vendor's own client library.
"""

from __future__ import annotations

from bot.ports import Pace, Rates

# "chat.postMessage … generally allows posting one message per second per channel", with bursts
# of unknown length, which are left to answers. A little less, as one message may be a little longer
# under way than the next. Source: docs.slack.dev, "Rate limits".
RATES = Rates(channel=Pace(per_s=0.96, burst=1))

MESSAGE_BLOCKS = 50  # docs.slack.dev/reference/block-kit/blocks
HEADER_TEXT = 150
# A section may have 3,000. Rich text has no documented limit; Korean and emoji were refused below
# 3,000 where bytes seem to count (github.com/BuilderIO/agent-native/issues/453).
BLOCK_TEXT = 2500
CONTEXT_TEXT = 2000
CONTEXT_ELEMENTS = 10
ACTIONS_ELEMENTS = 25
BUTTON_TEXT = 75
BUTTON_VALUE = 2000
SELECT_OPTIONS = 100
PLACEHOLDER = 150
OPTION_TEXT = 75
OPTION_VALUE = 150
ACTION_ID = 255
IMAGE_ALT = 2000
FILE_ALT = 1000  # docs.slack.dev/reference/methods/files.getUploadURLExternal
URL = 3000
LIST_INDENT = 5  # as deep as Slack's own editor goes

# Slack refuses blocks with 11,300 to 13,300 characters in all, and seems to count `text` with
# them (github.com/slackapi/bolt-js/issues/2509, 2867). Together these stay at 10,000.
MESSAGE_TEXT = 8000  # texts and addresses of all blocks
FALLBACK_TEXT = 2000  # `text`, what notifications and screen readers take
LINE_MARK = 30  # ours: room for a line's indent, bullet or number
LINK_TEXT = 1000  # ours: a longer label becomes several links to one address


def units(text: str) -> int:
    """Return the length of a text in UTF-16 units: what JavaScript counts."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
