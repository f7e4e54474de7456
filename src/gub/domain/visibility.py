"""Who wants to be seen on /status, and when."""

from gub.domain.presence import Status
from gub.domain.values import Visibility


def may_be_asked_about(visibility: Visibility) -> bool:
    """Say whether there is any need to know what somebody does: nobody asks about those who are never shown."""
    return visibility is not Visibility.HIDDEN


def is_shown(visibility: Visibility, status: Status) -> bool:
    """Say whether /status shows somebody who wants it so and does this."""
    if visibility is Visibility.PLAYING:
        return status is Status.PLAYING
    return visibility is Visibility.EVERYONE
