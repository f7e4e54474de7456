"""Collection `notifygroups`: named lists of members. Each change is one conditional update of one group."""

from gub.store.notifygroups.claims import Claims
from gub.store.notifygroups.document import SCHEMA
from gub.store.notifygroups.editing import Editing
from gub.store.notifygroups.membership import Membership
from gub.store.notifygroups.results import CallClaim, Change, ClaimResult, JoinResult, LeaveResult

__all__ = ["SCHEMA", "CallClaim", "Change", "ClaimResult", "JoinResult", "LeaveResult", "NotifyGroups"]


class NotifyGroups(Membership, Editing, Claims):
    """The notify groups of all chats."""
