"""The simulated gaming platforms behind the server's `/platforms/HOST/PATH`: Steam."""

from typing import Any

from aiohttp import web

from gub.sandbox.control import Fields
from gub.sandbox.steam import HOSTS, Steam, SteamApi


class SimulatedPlatforms:
    """What `gub.sandbox.control.Platforms` asks for."""

    def __init__(self, steam: Steam) -> None:
        self.steam = steam
        self._steam_api = SteamApi(steam)

    async def handle(self, request: web.Request, host: str, path: str) -> web.StreamResponse:
        """Answer a request that was meant for `https://HOST/PATH`; 404 for a host that nobody simulates."""
        if host in HOSTS:
            return await self._steam_api.handle(host, path, request)
        raise web.HTTPNotFound(text=f"Nobody simulates {host}.")

    def state(self) -> dict[str, Any]:
        """Describe every platform for the page."""
        return {"steam": self.steam.state()}

    async def act(self, action: str, data: dict[str, Any]) -> dict[str, Any] | None:
        """Carry out an action of the page; ValueError says what was wrong with it."""
        platform = data.get("platform", data.get("target", "steam"))
        if platform != "steam" and action != "clear_faults":
            raise ValueError(f"There is no simulated platform {platform!r}.")
        fields = Fields(data)
        match action:
            case "add_account":
                account = self.steam.add_account(
                    fields.text("name"),
                    vanity=fields.optional_text("vanity"),
                    account_id=fields.optional_text("account"),
                    state=fields.optional_text("state"),
                    game=fields.optional_text("game"),
                    private=fields.flag("private"),
                )
                return account.as_json()
            case "set_presence":
                return self.steam.set_presence(
                    fields.text("account"),
                    state=fields.optional_text("state"),
                    game=fields.optional_text("game"),
                    private=_switch(fields, "private"),
                    game_hidden=_switch(fields, "game_hidden"),
                    untitled=_switch(fields, "untitled"),
                    name=fields.optional_text("name"),
                ).as_json()
            case "fault":
                self.steam.fail(
                    fields.text("kind"), times=int(fields.number("times", 1)), delay=fields.number("delay", 2.0)
                )
                return None
            case "clear_faults":
                self.steam.clear_faults()
                return None
        raise ValueError(f"The simulated platforms have no action {action!r}.")


def _switch(fields: Fields, name: str) -> bool | None:
    """Read a truth value that is None when it is not given."""
    return fields.flag(name) if name in fields.values else None
