"""A strict, stateful simulator of the Telegram Bot API."""

from gub.sandbox.telegram.errors import ApiError, WorldError
from gub.sandbox.telegram.world import World

__all__ = ["ApiError", "World", "WorldError"]
