"""`gub credentials`: asks for what is secret, without showing it, or takes it from stdin or the environment.

Questions are asked outside the event loop, so that Ctrl-C ends them at once. No secret is ever an argument: those of
other processes can be read by everybody on the machine.
"""

import asyncio
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Annotated, Any

import typer
from pydantic import SecretStr

from gub.clock import SystemClock
from gub.domain.values import Platform
from gub.settings import Settings

Configure = Callable[[], Settings]

ClientId = Annotated[
    str | None, typer.Option("--client-id", metavar="ID", help="The app's id; as stored, or asked for, without it.")
]
RedirectUri = Annotated[
    str | None,
    typer.Option("--redirect-uri", metavar="ADDRESS", help="As registered for the app (GUB_XBOX_REDIRECT_URI)."),
]
SecretExpires = Annotated[
    datetime | None,
    typer.Option("--secret-expires", metavar="YYYY-MM-DD", formats=["%Y-%m-%d"], help="When the client secret ends."),
]
Paste = Annotated[bool, typer.Option("--paste", help="Without a browser here: paste the address it came to elsewhere.")]
Device = Annotated[bool, typer.Option("--device", help="Type a code on any device; the app must allow public clients.")]


def credentials_cli(configured: Configure) -> typer.Typer:
    """Make the commands; `configured` reads the settings and sets the log up."""
    cli = typer.Typer(no_args_is_help=True, help="What the bot needs to talk to the gaming platforms.")

    @cli.command("status")
    def status() -> None:
        """Say which platforms the bot can talk to, and for how long."""
        from gub.credential_commands import show_credentials

        asyncio.run(show_credentials(configured(), SystemClock(), typer.echo))

    @cli.command("xbox")
    def xbox(
        client_id: ClientId = None,
        redirect_uri: RedirectUri = None,
        secret_expires: SecretExpires = None,
        paste: Paste = False,
        device: Device = False,
    ) -> None:
        """Sign in to Xbox with an app registered with Microsoft (docs/operations.md says how).

        The client secret is asked for, or comes from GUB_XBOX_CLIENT_SECRET or stdin; an empty one keeps what is
        stored for the same app.
        """
        if paste and device:
            raise typer.BadParameter("--paste and --device are two ways of one thing: name one.")
        _sign_in_to_xbox(configured(), client_id, redirect_uri, secret_expires, paste=paste, device=device)

    @cli.command("psn")
    def psn() -> None:
        """Sign in to PlayStation with an NPSSO, alone or with the JSON around it.

        It is asked for, or comes from GUB_PSN_NPSSO or stdin.
        """
        from gub.credential_commands import store_npsso
        from gub.services.credentials.words import NPSSO_PAGE

        settings = configured()
        given = _given(settings.psn_npsso, f"NPSSO, as {NPSSO_PAGE} shows it", hidden=True, whole=True)
        asyncio.run(store_npsso(settings, SystemClock(), given, typer.echo))

    @cli.command("steam")
    def steam() -> None:
        """Store the Steam Web API key of https://steamcommunity.com/dev/apikey.

        It is asked for, or comes from GUB_STEAM_API_KEY or stdin.
        """
        from gub.credential_commands import store_steam_key

        settings = configured()
        key = _given(settings.steam_api_key, "Steam Web API key", hidden=True)
        asyncio.run(store_steam_key(settings, SystemClock(), key, typer.echo))

    @cli.command("remove")
    def remove(platform: Annotated[Platform, typer.Argument(case_sensitive=False)]) -> None:
        """Forget a platform's credential."""
        from gub.credential_commands import remove_credential

        asyncio.run(remove_credential(configured(), SystemClock(), platform, typer.echo))

    @cli.command("rotate")
    def rotate() -> None:
        """Encrypt every stored secret with the first key of GUB_SECRET_KEY."""
        from gub.credential_commands import rotate_credentials

        asyncio.run(rotate_credentials(configured(), SystemClock(), typer.echo))

    return cli


def _sign_in_to_xbox(
    settings: Settings,
    client_id: str | None,
    redirect_uri: str | None,
    secret_expires: datetime | None,
    *,
    paste: bool,
    device: bool,
) -> None:
    from gub import credential_commands as commands
    from gub.redirects import can_be_served
    from gub.services.credentials import XboxApp

    clock = SystemClock()
    address = redirect_uri or settings.xbox_redirect_uri
    if not (paste or device or can_be_served(address)):
        raise typer.BadParameter(f"The browser's answer at {address} cannot be taken on this machine: use --paste.")
    stored = asyncio.run(commands.stored_app(settings, clock))
    client_id = client_id or _client_id(stored.client_id if stored else None)
    old = stored if stored is not None and stored.client_id == client_id else None
    question = "Client secret" + (" (empty: as stored)" if old else "")
    secret = _given(settings.xbox_client_secret, question, hidden=True) or (old.client_secret if old else None)
    app = XboxApp(client_id, secret, address)
    if secret_expires is not None:
        app = replace(app, secret_expires_at=secret_expires.replace(tzinfo=UTC))
    elif old is not None and secret == old.client_secret:
        app = replace(app, secret_expires_at=old.secret_expires_at)
    if device:
        asyncio.run(commands.device_xbox(settings, clock, app, typer.echo))
    elif paste:
        begun = asyncio.run(commands.begin_xbox(settings, clock, app))
        typer.echo(f"Open this address in a browser anywhere and sign in:\n\n{begun.address}\n", err=True)
        typer.echo("It ends at an address that may show nothing; copy that whole address.", err=True)
        redirected = _asked("The address it came to", hidden=True)
        asyncio.run(commands.paste_xbox(settings, clock, app, typer.echo, begun=begun, redirected=redirected))
    else:
        asyncio.run(commands.browse_xbox(settings, clock, app, _show_in_browser, typer.echo))


def _client_id(stored: str | None) -> str:
    """Ask for it, unless nobody is there to be asked: it is no secret, so stdin is not for it."""
    if sys.stdin is not None and sys.stdin.isatty():
        return _asked("Client id of the app", default=stored)
    if stored is None:
        raise typer.BadParameter("No app is stored, so name one by --client-id.")
    return stored


async def _show_in_browser(begun: Any) -> None:
    import webbrowser

    typer.echo(
        f"Sign in in the browser. If none opens, open this address on this machine:\n\n{begun.address}\n", err=True
    )
    typer.echo("Waiting for the browser to come back (Ctrl-C ends it) ...", err=True)
    # A browser of the terminal would hold the loop up until it is left.
    await asyncio.to_thread(webbrowser.open, begun.address)


def _given(from_environment: SecretStr | None, question: str, *, hidden: bool, whole: bool = False) -> str:
    if from_environment is not None:
        return from_environment.get_secret_value().strip()
    return _asked(question, hidden=hidden, whole=whole)


def _asked(question: str, *, hidden: bool = False, default: str | None = None, whole: bool = False) -> str:
    """Ask a person; or read the next line of stdin (with `whole`, all of it), when nobody is there to be asked.

    A service may be started without any stdin: then nothing was given.
    """
    if sys.stdin is None:
        return ""
    if sys.stdin.isatty():
        answer = typer.prompt(question, hide_input=hidden, default=default or "", show_default=bool(default), err=True)
        return str(answer).strip()
    read = sys.stdin.buffer.read if whole else sys.stdin.buffer.readline
    return read().decode(errors="replace").strip()
