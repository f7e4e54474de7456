"""A simulated PlayStation Network: players whose presence is set by hand, behind the paths of the mobile app's API.

Modelled on facts that were measured or read (recorded answers of the community libraries psnawp and psn-api): the
NPSSO gives a code, the code gives tokens, the refresh token ends 60 days after the sign-in however often it is used,
private people answer 403, and the order of an answer is never that of the question.
"""

from gub.sandbox.psn.accounts import FIRST_ID, ODDITIES, Availability, PsnAccount
from gub.sandbox.psn.api import HOSTS, PsnApi
from gub.sandbox.psn.faults import OFFER
from gub.sandbox.psn.network import Psn
from gub.sandbox.psn.tokens import NPSSO

__all__ = [
    "FIRST_ID",
    "HOSTS",
    "NPSSO",
    "ODDITIES",
    "OFFER",
    "Availability",
    "Psn",
    "PsnAccount",
    "PsnApi",
]
