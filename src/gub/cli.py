"""The commands. Exit code 0; 1 when the work failed, with one clear line why; 2 for wrong usage or configuration.

Each command imports what it runs when it runs, so that `gub --help` and a wrong setting are answered at once.
"""

import asyncio
import sys
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from gub import __version__, log
from gub.clock import SystemClock
from gub.failure import Failure
from gub.settings import ConfigurationError, Settings, load

cli = typer.Typer(
    name="gub",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="GUB, the Gamers Utility Bot: who is on, playing what, and who wants to play now.",
)
credentials = typer.Typer(no_args_is_help=True, help="What the bot needs to talk to the gaming platforms.")
db = typer.Typer(no_args_is_help=True, help="Look after the database.")
cli.add_typer(credentials, name="credentials")
cli.add_typer(db, name="db")

SandboxPort = Annotated[int, typer.Option(min=0, max=65535, help="where the page is served; 0 for any free port")]
KeepDirectory = Annotated[Path | None, typer.Option(help="keep the bot's database here between runs")]


def main() -> NoReturn:
    """Run the command line and exit with its code."""
    try:
        cli()
    except ConfigurationError as error:
        _say("The configuration needs mending:")
        for problem in error.problems:
            _say(f"  {problem}")
        sys.exit(2)
    except Failure as error:
        _say(str(error))
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
    sys.exit(0)


@cli.command()
def run() -> None:
    """Run the bot until it is told to stop (Ctrl-C or SIGTERM)."""
    _run_bot(_configured())


@cli.command()
def sandbox(port: SandboxPort = 8090, keep: KeepDirectory = None) -> None:
    """Play with the bot in a simulated Telegram, in the browser."""
    _run_sandbox(port, keep)


@cli.command(hidden=True)
def start() -> None:
    """Run the bot when a token is configured and the sandbox otherwise: what `make run` calls."""
    settings = _configured()
    if settings.bot_token is not None:
        _say("GUB_BOT_TOKEN is set: starting the bot. (The sandbox: gub sandbox)")
        _run_bot(settings)
    else:
        _say("GUB_BOT_TOKEN is not set: starting the sandbox, a simulated Telegram to try the bot in.")
        _run_sandbox(8090, None)


@cli.command()
def doctor() -> None:
    """Say what works: token, database, clock and each credential."""
    from gub.doctor import examine

    if not asyncio.run(examine(_configured(), SystemClock(), typer.echo)):
        raise typer.Exit(1)


@cli.command()
def version() -> None:
    """Say which version this is."""
    typer.echo(__version__)


@credentials.command("status")
def credentials_status() -> None:
    """Say which platforms the bot can talk to."""
    from gub.maintenance import show_credentials

    asyncio.run(show_credentials(_configured(), SystemClock(), typer.echo))


@credentials.command("steam")
def credentials_steam() -> None:
    """Store the Steam Web API key (https://steamcommunity.com/dev/apikey), read from stdin or asked for."""
    from gub.maintenance import store_steam_key

    settings = _configured()
    key = typer.prompt("Steam Web API key", hide_input=True) if sys.stdin.isatty() else sys.stdin.readline()
    asyncio.run(store_steam_key(settings, SystemClock(), key.strip(), typer.echo))


@credentials.command("remove")
def credentials_remove(platform: Annotated[str, typer.Argument(help="xbox, psn or steam")]) -> None:
    """Forget a platform's credential."""
    from gub.maintenance import remove_credential

    asyncio.run(remove_credential(_configured(), SystemClock(), platform.lower(), typer.echo))


@db.command("check")
def db_check() -> None:
    """Say whether the database has the schema of this version and what stands in its way."""
    from gub.maintenance import check_database

    asyncio.run(check_database(_configured(), SystemClock(), typer.echo))


@db.command("upgrade")
def db_upgrade() -> None:
    """Bring the database to the schema of this version (`gub run` does it at its start)."""
    from gub.maintenance import upgrade_database

    asyncio.run(upgrade_database(_configured(), SystemClock(), typer.echo))


def _configured() -> Settings:
    settings = load()
    hidden = [
        secret.get_secret_value()
        for secret in (settings.bot_token, settings.mongodb_uri, settings.webhook_secret, *settings.secret_key)
        if secret is not None
    ]
    log.configure(settings.log_level, settings.log_format, hidden)
    return settings


def _run_bot(settings: Settings) -> None:
    if settings.bot_token is None:
        raise ConfigurationError(["GUB_BOT_TOKEN is not set; @BotFather gives one (or try: gub sandbox)"])
    from gub.run import run_until_signalled

    asyncio.run(run_until_signalled(settings))


def _run_sandbox(port: int, keep: Path | None) -> None:
    from gub.sandbox.launcher import run_sandbox

    if code := asyncio.run(run_sandbox(port, keep)):
        raise typer.Exit(code)


def _say(line: str) -> None:
    typer.echo(line, err=True)
