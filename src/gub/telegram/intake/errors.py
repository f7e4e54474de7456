"""Why the intake refuses or stops."""


class IntakeClosed(Exception):
    """The update was not taken: the bot is stopping. It is not acknowledged, so Telegram sends it again."""


class AnotherPoller(Exception):
    """Another process takes this bot's updates, and it was here first (HTTP 409 to getUpdates)."""

    def __init__(self) -> None:
        super().__init__("another process polls with this token")
