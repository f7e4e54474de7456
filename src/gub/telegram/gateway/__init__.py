"""Every outgoing Bot API call passes here: see `session.GatewaySession` and, for what it raises, `outcomes`."""

from gub.telegram.gateway.calls import Lane
from gub.telegram.gateway.hooks import Hooks
from gub.telegram.gateway.pace import Pace
from gub.telegram.gateway.retries import Retries
from gub.telegram.gateway.session import GatewaySession, in_lane
from gub.telegram.gateway.together import Shared

__all__ = ["GatewaySession", "Hooks", "Lane", "Pace", "Retries", "Shared", "in_lane"]
