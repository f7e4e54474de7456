"""The whole bot as `gub run` runs it, but sending as fast as it can: Telegram's limits are not what is measured."""

import asyncio

from gub import log
from gub.run import run_until_signalled
from gub.settings import load
from gub.telegram.gateway.pace import Pace


def main() -> None:
    """Run until SIGTERM."""
    settings = load(env_file=None)
    log.configure(settings.log_level, settings.log_format, [])
    asyncio.run(run_until_signalled(settings, pace=Pace.unlimited()))


if __name__ == "__main__":
    main()
