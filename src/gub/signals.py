"""Being asked to end."""

import asyncio
import signal
from collections.abc import Iterator
from contextlib import contextmanager

_NUMBERS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


@contextmanager
def asked_to_end() -> Iterator[asyncio.Event]:
    """Give an event that the first SIGTERM, Ctrl-C or hang-up sets; a second one ends the process as usual."""
    loop = asyncio.get_running_loop()
    asked = asyncio.Event()

    def let_go() -> None:
        for number in _NUMBERS:
            loop.remove_signal_handler(number)

    def on_signal() -> None:
        asked.set()
        let_go()

    for number in _NUMBERS:
        loop.add_signal_handler(number, on_signal)
    try:
        yield asked
    finally:
        let_go()
