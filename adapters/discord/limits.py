"""How much Discord takes. Lengths are Unicode code points, as Python counts them.

Sources: docs.discord.com, "Message Resource" and "Component Reference"; that a character is a code
point: discord/discord-api-docs, issue 1315.
"""

from bot.ports import Pace, Rates

CONTENT = 2000  # its OpenAPI file says 4000; accounts without a subscription keep to 2000
EMBED_DESCRIPTION = 4096  # one embed a message: the sum of 6000 over all embeds is out of reach
ALT_TEXT = 1024
FILES = 10
FILE_BYTES = 10 * 1024 * 1024  # of a server without boosts

ROWS = 5
BUTTONS_IN_ROW = 5
BUTTON_LABEL = 80
CUSTOM_ID = 100
CHOICES = 25
CHOICE_LABEL = 100
CHOICE_VALUE = 100
PLACEHOLDER = 150

# Source: docs.discord.com, "Receiving and Responding to Interactions".
FIRST_ANSWER_S = 3.0

NONCE = 25
# "All bots can make up to 50 requests per second." Two stay free for marks and look-ups, which 429
# answers keep in order. Source: docs.discord.com, "Rate Limits".
RATES = Rates(bot=Pace(per_s=48.0, burst=2))
THREAD_NAME = 100
HISTORY_PAGE = 100  # messages a request

# Ours, so that a link always fits a message: a longer address is no link any more, a longer title
# stands before its link.
LINK_ADDRESS = 1400
LINK_LABEL = 500
