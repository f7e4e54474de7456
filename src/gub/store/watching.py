"""Tells of every command to the database: its name, how it ended, how long it took. Never what was in it."""

from collections.abc import Callable

from pymongo.monitoring import CommandFailedEvent, CommandListener, CommandStartedEvent, CommandSucceededEvent

OnCommand = Callable[[str, str, float], None]
"""Hears of a command: its name; `ok`, `refused` (by the server) or `lost` (no answer); seconds."""


class Watching(CommandListener):
    """Passes on what the driver tells, and holds on to nothing: this is on the way of every command."""

    def __init__(self, on_command: OnCommand) -> None:
        """Tell this one."""
        self._on_command = on_command

    def started(self, event: CommandStartedEvent) -> None:
        """Nothing: the end says it all."""

    def succeeded(self, event: CommandSucceededEvent) -> None:
        """Pass it on. A write that the server refused in part (a duplicate) is a command that succeeded."""
        self._on_command(event.command_name, "ok", event.duration_micros / 1e6)

    def failed(self, event: CommandFailedEvent) -> None:
        """Pass it on, without the words of the failure: they may quote a document."""
        outcome = "refused" if "code" in event.failure else "lost"
        self._on_command(event.command_name, outcome, event.duration_micros / 1e6)
