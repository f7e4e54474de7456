"""The numbers that bound GUB, each in one place."""

from datetime import timedelta
from typing import Final

MESSAGE_UNITS: Final = 4096
"""UTF-16 units of text in one message. Telegram says "characters"; units satisfy every reading of that."""

MESSAGE_ENTITIES: Final = 100
"""Entities in one message; Telegram ignores further ones silently (PTB `MessageLimit.MESSAGE_ENTITIES`)."""

MENTIONS_PER_MESSAGE: Final = 5
"""Mentions that notify in one message (everyone-bot/everyone-bot#3, rubenlagus/TelegramBots#706)."""

CALLBACK_BYTES: Final = 64
"""Bytes of data that a button carries; more is refused with BUTTON_DATA_INVALID."""

ALERT_UNITS: Final = 200
"""Characters of the answer to a tap."""

NAME_CHARACTERS: Final = 32
"""Visible characters of a display name or group name."""

NAME_UNITS: Final = 128
"""UTF-16 units of such a name: marks and joiners are not counted as visible, and still are not free."""

DESCRIPTION_UNITS: Final = 256
"""UTF-16 units of a group's description."""

GROUP_MEMBERS: Final = 500
"""Members of one notify group."""

GROUPS_PER_CHAT: Final = 100
"""Notify groups of one chat."""

STATUS_USERS_PER_CHAT: Final = 500
"""Status users of one chat."""

CALL_COOLDOWN: Final = timedelta(seconds=60)
"""The least time between two calls of one group, unless its chat chose another."""

CONFIRM_ABOVE: Final = 25
"""A call that pings more people than this is confirmed first, unless its chat chose another number."""

CALL_LIFETIME: Final = timedelta(minutes=10)
"""How long what remains of a call or an invitation still pings: after that it would be no news, but noise."""

INVITED_AT_ONCE: Final = 50
"""People in one invitation."""

INVITATION_LIFETIME: Final = timedelta(days=7)
"""How long an invitation waits for answers, unless its chat chose another time."""

INVITATIONS: Final = 10
"""Invitations that one user may send within `INVITATION_SPAN`."""

INVITATION_SPAN: Final = timedelta(minutes=10)
"""See `INVITATIONS`."""

LOOK_UPS: Final = 10
"""Times that one user may have accounts looked up within `LOOK_UP_SPAN`."""

LOOK_UP_SPAN: Final = timedelta(minutes=5)
"""See `LOOK_UPS`."""

FEEDBACK: Final = 5
"""Times that one user may give feedback within `FEEDBACK_SPAN`."""

FEEDBACK_SPAN: Final = timedelta(hours=1)
"""See `FEEDBACK`."""

DEPARTED_GRACE: Final = timedelta(days=30)
"""How long the data of a chat that GUB left is kept, in case it comes back."""

EXPORTS: Final = 3
"""Times that one user may have their data exported within `EXPORT_SPAN`."""

EXPORT_SPAN: Final = timedelta(minutes=10)
"""See `EXPORTS`."""

FUN: Final = 10
"""Commands for fun in one chat within `FUN_SPAN`."""

FUN_SPAN: Final = timedelta(minutes=2)
"""See `FUN`."""

RESPECTS: Final = 1000
"""People whose respects one message counts."""

RESPECTS_LIFETIME: Final = timedelta(days=7)
"""How long respects can be paid under one message."""

BOARDS_PER_CHAT: Final = 20
"""Boards of one chat: one a topic."""

HISTORY_LIFETIME: Final = timedelta(days=30)
"""How long it is kept when somebody who allows it came, went and played what."""

SAME_SESSION: Final = timedelta(minutes=10)
"""Who is gone for no longer than this and does the same again has not stopped: a console restarts in a few minutes."""

WATCHES_PER_USER: Final = 20
"""Watches of one person, over all chats."""

TOLD_A_DAY: Final = 20
"""Messages that one person gets of their watches, or one chat of who started what, within 24 hours."""

IGNORED_TITLES: Final = 50
"""Games of which one chat does not want to be told that somebody started them."""

SQUAD_MOST: Final = 100
"""The most people whom a call can want."""

LATE_COMER: Final = timedelta(minutes=15)
"""When somebody comes who answered a call with `In 15 min`."""

CALL_OPEN: Final = timedelta(hours=2)
"""How long a call takes answers, unless its chat chose another time."""

CALL_KEPT: Final = timedelta(days=3)
"""How long a call that is over is remembered, so that its buttons can say so."""
