"""A simulated Xbox Live: a Microsoft sign-in and players whose presence is set by hand.

Modelled on facts that were measured or read: the token chain of an app registered with Entra (OAuth, user, XSTS), the
profile and presence services in contract version 3, their limits and error documents. Order is never the question's.
"""

from gub.sandbox.xbox.accounts import DEVICES, FIRST_XUID, ODDITIES, STATES, LastSeen, XboxAccount
from gub.sandbox.xbox.api import HOSTS, XboxApi
from gub.sandbox.xbox.faults import OFFER
from gub.sandbox.xbox.state import SERVICE_XUID, Xbox
from gub.sandbox.xbox.tokens import XBOX_CLIENT_ID, XBOX_CLIENT_SECRET

__all__ = [
    "DEVICES",
    "FIRST_XUID",
    "HOSTS",
    "ODDITIES",
    "OFFER",
    "SERVICE_XUID",
    "STATES",
    "XBOX_CLIENT_ID",
    "XBOX_CLIENT_SECRET",
    "LastSeen",
    "Xbox",
    "XboxAccount",
    "XboxApi",
]
