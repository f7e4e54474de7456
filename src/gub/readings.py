"""Reads the figures of `gub.figures` from the parts of a running bot."""

from collections.abc import Iterable

from gub import figures
from gub.gauges import Reading, Sample
from gub.platform_desk import PlatformDesk
from gub.presence.poller import Poller
from gub.standing import Standing
from gub.store.crew import Crew
from gub.store.store import Store
from gub.telegram.announcer import Announcer
from gub.telegram.gateway.session import GatewaySession
from gub.telegram.intake.inbox import Intake
from gub.telegram.intake.webhook_state import WebhookState


def of_place(standing: Standing) -> Reading:
    """Read whether this process has its place, or stands by."""

    async def read() -> Iterable[Sample]:
        return [figures.STANDING_BY.at(float(standing.ended))]

    return read


def of_database(store: Store, bot_id: int) -> Reading:
    """Read what the database knows."""

    async def read() -> Iterable[Sample]:
        return figures.of_database(await store.figures.read(bot_id))

    return read


def of_road(session: GatewaySession) -> Reading:
    """Read how many calls to Telegram wait."""

    async def read() -> Iterable[Sample]:
        return [figures.TELEGRAM_WAITING.at(session.waiting)]

    return read


def of_documents(store: Store) -> Reading:
    """Read how much there is."""

    async def read() -> Iterable[Sample]:
        return figures.of_documents(await store.figures.documents())

    return read


def of_work(crew: Crew, intake: Intake) -> Reading:
    """Read who works, and what is in hand here."""

    async def read() -> Iterable[Sample]:
        return [
            figures.WORKERS.at(1 + crew.others),
            figures.ON_DUTY.at(float(crew.is_on_duty)),
            figures.INTAKE.at(intake.held, "to_store"),
            figures.INTAKE.at(intake.unfinished, "in_hand"),
            figures.INTAKE_OLDEST.at(intake.oldest),
            figures.LANES.at(intake.chats),
        ]

    return read


def of_platforms(desk: PlatformDesk) -> Reading:
    """Read how the platforms fare."""

    async def read() -> Iterable[Sample]:
        health = {str(platform): state for platform, state in desk.presence.health().items()}
        return figures.of_platforms(health, desk.access.left())

    return read


def of_poller(poller: Poller) -> Reading:
    """Read how far behind the looks at who is watched over are; nothing to tell where they are not made."""

    async def read() -> Iterable[Sample]:
        return [figures.POLL_BEHIND.at(seconds, str(platform)) for platform, seconds in poller.behind().items()]

    return read


def of_webhook(state: WebhookState) -> Reading:
    """Read what Telegram says of the webhook; nothing when it does not answer."""

    async def read() -> Iterable[Sample]:
        info = await state.look()
        if info is None:
            return []
        return [
            figures.WEBHOOK_SET.at(float(info.is_ours)),
            figures.WEBHOOK_PENDING.at(info.pending),
            figures.WEBHOOK_ERROR.at(info.failed_at),
        ]

    return read


def of_announcement(announcer: Announcer) -> Reading:
    """Read how the announcement goes, or went, that this process worked on last."""

    async def read() -> Iterable[Sample]:
        return [figures.CHATS.at(count, str(state)) for state, count in announcer.counts.items()]

    return read
