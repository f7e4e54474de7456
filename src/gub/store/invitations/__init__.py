"""Collection `notifygroupinvitation`: one message that asks several users to join a notify group."""

from gub.store.invitations.answers import Answers
from gub.store.invitations.document import SCHEMA
from gub.store.invitations.ending import Ending
from gub.store.invitations.following import Following
from gub.store.invitations.results import Decision, DecisionResult

__all__ = ["SCHEMA", "Decision", "DecisionResult", "Invitations"]


class Invitations(Answers, Ending, Following):
    """The invitations of all chats."""
