"""The commands. Exit code 0; 1 when the work failed, with one clear line why; 2 for wrong usage or configuration.

Each command imports what it runs when it runs, so that `gub --help` and a wrong setting are answered at once.
"""

import asyncio
import sys
from pathlib import Path
from typing import Annotated, NoReturn

import structlog
import typer

from gub import __version__, log
from gub.cli_credentials import credentials_cli
from gub.clock import SystemClock
from gub.failure import Failure
from gub.settings import ConfigurationError, Settings, load

cli = typer.Typer(
    name="gub",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
db = typer.Typer(no_args_is_help=True, help="Look after the database.")

SandboxPort = Annotated[
    int, typer.Option(metavar="PORT", min=0, max=65535, help="Where the page is served; 0 for any free port.")
]
KeepDirectory = Annotated[
    Path | None, typer.Option(metavar="DIRECTORY", file_okay=False, help="Keep the bot's database here between runs.")
]


def main() -> NoReturn:
    """Run the command line and exit with its code."""
    log.configure("info", "console")  # for what goes wrong before the settings are read
    try:
        cli(prog_name="gub")
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
    except Exception as error:  # noqa: BLE001 - the last boundary: Python's own traceback would show what the log hides
        _say(_last_words(error))
        sys.exit(1)
    sys.exit(0)


def _last_words(error: Exception) -> str:
    from gub.store.mongo import explain

    if (known := explain(error)) is not None:
        return known
    structlog.get_logger(__name__).critical("unexpected", exc_info=error)
    return f"GUB ended by a mistake of its own ({type(error).__name__}); the lines above belong into a report of it."


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(__version__)
        raise typer.Exit


@cli.callback()
def gub(
    _version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Say which version this is.")
    ] = False,
) -> None:
    """GUB, the Gamers Utility Bot: who is on, playing what, and who wants to play now."""


@cli.command()
def run() -> None:
    """Run the bot until it is told to stop (Ctrl-C or SIGTERM)."""
    _run_bot(_configured(quiet=False))


@cli.command()
def sandbox(port: SandboxPort = 8090, keep: KeepDirectory = None) -> None:
    """Play with the bot in a simulated Telegram, in the browser."""
    _run_sandbox(port, keep)


@cli.command(hidden=True)
def start() -> None:
    """Run the bot when a token is configured and the sandbox otherwise: what `make run` calls."""
    settings = _configured(quiet=False)
    if settings.bot_token is not None:
        _say("GUB_BOT_TOKEN is set: starting the bot. (The sandbox: gub sandbox)")
        _run_bot(settings)
    else:
        _say("GUB_BOT_TOKEN is not set: starting the sandbox, a simulated Telegram to try the bot in.")
        _run_sandbox(8090, None)


@cli.command()
def doctor() -> None:
    """Say what works: token, clock, database and credentials."""
    from gub.doctor import examine

    if not asyncio.run(examine(_configured(), SystemClock(), typer.echo)):
        raise typer.Exit(1)


@db.command("check")
def db_check(
    repair: Annotated[bool, typer.Option("--repair", help="Mend what can be mended; the bot may be running.")] = False,
) -> None:
    """Say whether the database has the schema of this version, and whether everything in it is as it must be."""
    from gub.maintenance import check_database

    asyncio.run(check_database(_configured(), SystemClock(), typer.echo, repair=repair))


@db.command("upgrade")
def db_upgrade() -> None:
    """Bring the database to the schema of this version (`gub run` does it at its start)."""
    from gub.maintenance import upgrade_database

    asyncio.run(upgrade_database(_configured(), SystemClock(), typer.echo))


@db.command("export")
def db_export(
    directory: Annotated[Path, typer.Argument(metavar="DIRECTORY", help="A new or empty directory.")],
    secrets: Annotated[bool, typer.Option("--with-secrets", help="Also the credentials' keys and tokens.")] = False,
) -> None:
    """Write everything that lasts into files, as a backup or to move it; the bot may be running."""
    from gub.maintenance import export_database

    asyncio.run(export_database(_configured(), SystemClock(), directory, typer.echo, secrets=secrets))


@db.command("import")
def db_import(
    directory: Annotated[Path, typer.Argument(metavar="DIRECTORY", help="What `gub db export` wrote.")],
    merge: Annotated[
        bool, typer.Option("--merge", help="Into a database that is not empty: what is there stays as it is.")
    ] = False,
) -> None:
    """Fill an empty database from an export; the bot must not be running. Cut short, run it again."""
    from gub.maintenance import import_database, merge_database

    into = merge_database if merge else import_database
    asyncio.run(into(_configured(), SystemClock(), directory, typer.echo))


def _configured(*, quiet: bool = True) -> Settings:
    """Load the settings and set the log up; a quiet one, of a short command, tells of trouble only."""
    settings = load()
    level = "warning" if quiet and settings.log_level == "info" else settings.log_level
    log.configure(level, settings.log_format, settings.secrets())
    return settings


cli.add_typer(credentials_cli(_configured), name="credentials")
cli.add_typer(db, name="db")


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
