"""A platform in trouble, in the same words wherever it is told."""

from typing import Final

from gub.domain.values import Platform
from gub.presence.health import Health
from gub.services.status import ChatStatus
from gub.telegram.views.parts import PLATFORM_NAMES
from gub.telegram.words import mark, words

_TROUBLES: Final = {
    Health.NO_CREDENTIAL: mark("{platform} isn't set up here."),
    Health.AUTH_NEEDED: mark("{platform} needs my owner: it doesn't let me in any more."),
    Health.UNREADABLE: mark("{platform} needs my owner: I can't use what it lets me in with."),
    Health.DEGRADED: mark("{platform} isn't answering right now."),
    Health.OK: mark("{platform} gave no clear answer about everybody."),
}


def trouble(platform: Platform, health: Health) -> str:
    """Say what is wrong with a platform."""
    return words(_TROUBLES[health], platform=PLATFORM_NAMES[platform])


def troubles(told: ChatStatus) -> dict[Platform, str]:
    """Say which platforms did not answer, and why; what others said stands all the same."""
    stale = {platform for _, presence in told.people for platform in presence.stale_platforms}
    unanswered = {platform for _, presence in told.people for platform in presence.unanswered}
    return {
        platform: _with_what_is_shown(trouble(platform, health), kept=platform in stale and health is not Health.OK)
        for platform, health in told.health.items()
        if platform in stale | unanswered
    }


def _with_what_is_shown(told: str, *, kept: bool) -> str:
    return f"{told} {words('This is what it last said.')}" if kept else told
