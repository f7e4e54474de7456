"""The figures that are read when somebody looks: their names, and where each comes from."""

from collections.abc import Iterable, Mapping
from typing import Final

from gub.domain.credentials import CredentialStatus
from gub.gauges import Gauge, Sample, by_label, one_of
from gub.presence.health import Health
from gub.store.figures import DatabaseFigures

BUILD: Final = Gauge("gub_build_info", "1; which GUB on which Python.", ("version", "python"))

WORKERS: Final = Gauge("gub_workers", "Workers of this bot that are alive, this one included, at its last look.")
STANDING_BY: Final = Gauge("gub_standing_by", "1 while this process waits for its turn to work for the bot.")
ON_DUTY: Final = Gauge("gub_on_duty", "1 in the process that does what is to be done once for all.")

INTAKE: Final = Gauge("gub_intake_updates", "Updates in this process: waiting to be stored, and in hand.", ("state",))
INTAKE_OLDEST: Final = Gauge("gub_intake_oldest_seconds", "How long the oldest update in this process has been there.")
LANES: Final = Gauge("gub_lanes", "Chats of which this process has updates in hand.")
TELEGRAM_WAITING: Final = Gauge("gub_telegram_waiting", "Bot API calls of this process that wait for leave to go.")
WEBHOOK_SET: Final = Gauge("gub_webhook_set", "1 while the webhook that Telegram knows is ours, else 0.")
WEBHOOK_PENDING: Final = Gauge("gub_webhook_pending_updates", "Updates that Telegram keeps for the webhook.")
WEBHOOK_ERROR: Final = Gauge(
    "gub_webhook_last_error_timestamp_seconds", "When Telegram last failed to deliver to the webhook; 0: never."
)

BUDGET: Final = Gauge(
    "gub_platform_budget_left", "Requests that a platform allows this process now.", ("platform", "budget", "span")
)
HEALTH: Final = Gauge("gub_platform_health", "1 at what can be expected of a platform now.", ("platform", "health"))

POLL_BEHIND: Final = Gauge(
    "gub_poll_behind_seconds", "How overdue the account is that has waited longest to be asked about.", ("platform",)
)

DATABASE_UP: Final = Gauge("gub_database_up", "1 when the database answered in time for this very answer, else 0.")
DOCUMENTS: Final = Gauge(
    "gub_documents", "Documents, about, by collection; counted every five minutes.", ("collection",)
)
PENDING: Final = Gauge(
    "gub_inbox_pending", "Updates of this bot that are stored and not handled, by all workers; 20,000 at most."
)
OLDEST: Final = Gauge("gub_inbox_oldest_seconds", "How long the oldest of those has waited.")
RINGING: Final = Gauge("gub_ringing_jobs", "Calls and invitations that still have somebody to ping.")
RINGING_LEFT: Final = Gauge("gub_ringing_people", "Whom they still have to ping.")
ANNOUNCEMENTS: Final = Gauge("gub_announcements", "Announcements of the last month, by phase.", ("phase",))
CHATS: Final = Gauge("gub_announcement_chats", "Chats of the last announcement, by what became of it.", ("state",))
CREDENTIAL: Final = Gauge(
    "gub_credential_state", "1 at what is known of a credential; none for a platform without.", ("platform", "state")
)
CREDENTIAL_LEFT: Final = Gauge(
    "gub_credential_left_seconds", "Time until a sign-in or Xbox's client secret ends.", ("platform", "what")
)

ALL: Final = (
    BUILD, WORKERS, STANDING_BY, ON_DUTY, INTAKE, INTAKE_OLDEST, LANES, TELEGRAM_WAITING, WEBHOOK_SET, WEBHOOK_PENDING,
    WEBHOOK_ERROR, BUDGET, HEALTH, POLL_BEHIND, DATABASE_UP, DOCUMENTS, PENDING, OLDEST, RINGING, RINGING_LEFT,
    ANNOUNCEMENTS, CHATS, CREDENTIAL, CREDENTIAL_LEFT,
)  # fmt: skip


def of_database(found: DatabaseFigures) -> Iterable[Sample]:
    """Show what the database knows."""
    yield DATABASE_UP.at(1)
    yield PENDING.at(found.pending)
    yield OLDEST.at(found.oldest_seconds)
    yield RINGING.at(found.ringing_jobs)
    yield RINGING_LEFT.at(found.ringing_people)
    yield from by_label(ANNOUNCEMENTS, found.announcements)
    for state in found.credentials:
        yield from one_of(CREDENTIAL, str(state.status), map(str, CredentialStatus), str(state.platform))
    for (platform, what), seconds in found.credential_ends.items():
        yield CREDENTIAL_LEFT.at(seconds, platform, what)


def of_documents(found: Mapping[str, int]) -> Iterable[Sample]:
    """Show how much there is."""
    return by_label(DOCUMENTS, found)


def of_platforms(health: Mapping[str, Health], budgets: Mapping[tuple[str, str, str], int]) -> Iterable[Sample]:
    """Show how the platforms fare, and what each still allows."""
    for platform, state in health.items():
        yield from one_of(HEALTH, str(state), map(str, Health), platform)
    for labels, left in budgets.items():
        yield BUDGET.at(left, *labels)
