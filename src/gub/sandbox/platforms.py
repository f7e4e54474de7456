"""The simulated gaming platforms behind the server's `/platforms/HOST/PATH`: each by its hosts, each by its name."""

from collections.abc import Callable
from typing import Any, Protocol

from aiohttp import web

from gub.sandbox import psn as psn_world
from gub.sandbox import steam as steam_world
from gub.sandbox import xbox as xbox_world
from gub.sandbox.control import Fields
from gub.sandbox.faults import ANYWHERE
from gub.sandbox.psn import Psn, PsnApi
from gub.sandbox.steam import Steam, SteamApi
from gub.sandbox.xbox import Xbox, XboxApi


class Simulated(Protocol):
    """One simulated platform as the page moves it. Every method raises ValueError for what will not do."""

    hosts: frozenset[str]

    async def handle(self, host: str, path: str, request: web.Request) -> web.StreamResponse:
        """Answer a request that was meant for `https://HOST/PATH`."""

    def state(self) -> dict[str, Any]:
        """Describe it for the page."""

    def add_account(self, fields: Fields) -> dict[str, Any]:
        """Add a player; give the account."""

    def set_presence(self, fields: Fields) -> dict[str, Any]:
        """Change a player; give the account."""

    def fault(self, fields: Fields) -> dict[str, Any]:
        """Commit a fault in the requests to come."""

    def credential(self, fields: Fields) -> dict[str, Any]:
        """End or renew `what` the bot signed in with."""

    def clear_faults(self) -> None:
        """Work again."""


class SimulatedPlatforms:
    """What `gub.sandbox.control.Platforms` asks for. Platforms that are not given are not simulated."""

    def __init__(self, steam: Steam, xbox: Xbox | None = None, psn: Psn | None = None) -> None:
        self.steam = steam
        self.xbox = xbox
        self.psn = psn
        self._all: dict[str, Simulated] = {"steam": _Steam(steam)}
        if xbox is not None:
            self._all["xbox"] = _Xbox(xbox)
        if psn is not None:
            self._all["psn"] = _Psn(psn)

    async def handle(self, request: web.Request, host: str, path: str) -> web.StreamResponse:
        """Answer a request that was meant for `https://HOST/PATH`; 404 for a host that nobody simulates."""
        for platform in self._all.values():
            if host in platform.hosts:
                return await platform.handle(host, path, request)
        raise web.HTTPNotFound(text=f"Nobody simulates {host}.")

    def state(self) -> dict[str, Any]:
        """Describe every platform for the page."""
        return {name: platform.state() for name, platform in self._all.items()}

    async def act(self, action: str, data: dict[str, Any]) -> dict[str, Any] | None:
        """Carry out an action of the page; ValueError says what was wrong with it."""
        if action == "clear_faults":
            for each in self._all.values():
                each.clear_faults()
            return None
        name = data.get("platform", data.get("target", "steam"))
        platform = self._all.get(name) if isinstance(name, str) else None
        if platform is None:
            raise ValueError(f"There is no simulated platform {name!r}.")
        actions = {
            "add_account": platform.add_account,
            "set_presence": platform.set_presence,
            "fault": platform.fault,
            "credential": platform.credential,
        }
        if action not in actions:
            raise ValueError(f"The simulated platforms have no action {action!r}.")
        return actions[action](Fields(data))


class _Steam:
    hosts = steam_world.HOSTS

    def __init__(self, steam: Steam) -> None:
        self._steam = steam
        self.handle = SteamApi(steam).handle
        self.state = steam.state
        self.clear_faults = steam.clear_faults

    def add_account(self, fields: Fields) -> dict[str, Any]:
        account = self._steam.add_account(
            fields.text("name"),
            vanity=fields.optional_text("vanity"),
            account_id=fields.optional_text("account"),
            state=fields.optional_text("state"),
            game=fields.optional_text("game"),
            private=fields.flag("private"),
        )
        return account.as_json()

    def set_presence(self, fields: Fields) -> dict[str, Any]:
        account = self._steam.set_presence(
            fields.text("account"),
            state=fields.optional_text("state"),
            game=fields.optional_text("game"),
            private=_switch(fields, "private"),
            game_hidden=_switch(fields, "game_hidden"),
            untitled=_switch(fields, "untitled"),
            name=fields.optional_text("name"),
        )
        return account.as_json()

    def fault(self, fields: Fields) -> dict[str, Any]:
        if _where(fields) != ANYWHERE:
            raise ValueError(f"Steam's faults happen everywhere: {ANYWHERE}.")
        self._steam.fail(fields.text("kind"), times=_times(fields), delay=fields.number("delay", 2.0))
        return {}

    @staticmethod
    def credential(fields: Fields) -> dict[str, Any]:
        del fields
        raise ValueError("Steam has no tokens: its key neither ends nor is renewed.")


class _Xbox:
    hosts = xbox_world.HOSTS

    def __init__(self, xbox: Xbox) -> None:
        self._xbox = xbox
        self.handle = XboxApi(xbox).handle
        self.state = xbox.state
        self.clear_faults = xbox.clear_faults

    def add_account(self, fields: Fields) -> dict[str, Any]:
        account = self._xbox.add_account(
            fields.text("name"),
            xuid=fields.optional_text("account"),
            modern=fields.optional_text("modern"),
            suffix=fields.optional_text("suffix"),
            state=_chosen(fields, "state") or "offline",
            game=fields.optional_text("game"),
            device=_chosen(fields, "device"),
        )
        return account.as_json()

    def set_presence(self, fields: Fields) -> dict[str, Any]:
        account = self._xbox.set_presence(
            fields.text("account"),
            state=_chosen(fields, "state"),
            game=fields.optional_text("game"),
            activity=fields.optional_text("activity"),
            device=_chosen(fields, "device"),
            oddity=_chosen(fields, "oddity"),
            name=fields.optional_text("name"),
        )
        return account.as_json()

    def fault(self, fields: Fields) -> dict[str, Any]:
        times, delay = _times(fields), fields.number("delay", 2.0)
        self._xbox.fail(fields.text("kind"), times=times, delay=delay, where=_where(fields))
        return {}

    def credential(self, fields: Fields) -> dict[str, Any]:
        xbox = self._xbox
        _end(fields, expire_access=xbox.expire_access_tokens, revoke_refresh=xbox.revoke_refresh_tokens)
        return {}


class _Psn:
    hosts = psn_world.HOSTS

    def __init__(self, psn: Psn) -> None:
        self._psn = psn
        self.handle = PsnApi(psn).handle
        self.state = psn.state
        self.clear_faults = psn.clear_faults

    def add_account(self, fields: Fields) -> dict[str, Any]:
        account = self._psn.add_account(
            fields.text("name"),
            account_id=fields.optional_text("account"),
            state=_chosen(fields, "state"),
            game=fields.optional_text("game"),
            platform=_chosen(fields, "device") or "PS5",
        )
        return account.as_json()

    def set_presence(self, fields: Fields) -> dict[str, Any]:
        account = self._psn.set_presence(
            fields.text("account"),
            state=_chosen(fields, "state"),
            game=fields.optional_text("game"),
            activity=fields.optional_text("activity"),
            platform=_chosen(fields, "device"),
            oddity=_chosen(fields, "oddity"),
            name=fields.optional_text("name"),
        )
        return account.as_json()

    def fault(self, fields: Fields) -> dict[str, Any]:
        times, delay = _times(fields), fields.number("delay", 2.0)
        self._psn.fail(fields.text("kind"), times=times, delay=delay, where=_where(fields))
        return {}

    def credential(self, fields: Fields) -> dict[str, Any]:
        psn = self._psn
        _end(
            fields,
            expire_access=psn.expire_access_tokens,
            revoke_refresh=psn.revoke_refresh_tokens,
            expire_npsso=psn.expire_npsso,
            new_npsso=psn.new_npsso,
        )
        return {"npsso": psn.npsso}


def _end(fields: Fields, **ways: Callable[[], object]) -> None:
    """Do `what` the fields say."""
    what = fields.text("what")
    if what not in ways:
        raise ValueError(f"No such thing can be done to the credential; one of: {', '.join(ways)}.")
    ways[what]()


def _switch(fields: Fields, name: str) -> bool | None:
    """Read a truth value that is None when it is not given."""
    return fields.flag(name) if name in fields.values else None


def _chosen(fields: Fields, name: str) -> str | None:
    """Read a choice; nothing chosen is None."""
    return fields.optional_text(name) or None


def _times(fields: Fields) -> int:
    return int(fields.number("times", 1))


def _where(fields: Fields) -> str:
    return fields.optional_text("where") or ANYWHERE
