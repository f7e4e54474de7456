"""The actions of the page: JSON in, one call of the world, JSON out."""

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from aiohttp import web

from gub.sandbox.telegram.errors import WorldError
from gub.sandbox.telegram.models import Chat, Json, SimMessage, User
from gub.sandbox.telegram.view import world_json
from gub.sandbox.telegram.world import World

PLATFORM_ACTIONS = {"set_presence", "add_account", "credential"}


class Platforms(Protocol):
    """The simulated gaming platforms."""

    async def handle(self, request: web.Request, host: str, path: str) -> web.StreamResponse:
        """Answer a request that was meant for `https://HOST/PATH`."""

    def state(self) -> dict[str, Any]:
        """Describe every platform for the page."""

    async def act(self, action: str, data: dict[str, Any]) -> dict[str, Any] | None:
        """Carry out an action of the page. ValueError or WorldError says what was wrong with it."""


class Controller(Protocol):
    """The bot's own process."""

    async def do(self, what: str) -> None:
        """Start, stop, kill or restart it. ValueError or WorldError says why not."""

    def state(self) -> dict[str, Any]:
        """Say whether it runs, and how."""


class Fields:
    """The JSON object that came with an action."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self.values = values

    def integer(self, name: str) -> int:
        """Read a number that must be there."""
        value = self.optional_integer(name)
        if value is None:
            raise WorldError(f"The field {name} is missing: give an id.")
        return value

    def optional_integer(self, name: str) -> int | None:
        """Read a number that may be there."""
        value = self.values.get(name)
        if value is None or (isinstance(value, int) and not isinstance(value, bool)):
            return value
        raise WorldError(f"The field {name} must be a whole number.")

    def text(self, name: str) -> str:
        """Read a text that must be there."""
        value = self.optional_text(name)
        if value is None:
            raise WorldError(f"The field {name} is missing: give a text.")
        return value

    def optional_text(self, name: str) -> str | None:
        """Read a text that may be there."""
        value = self.values.get(name)
        if value is None or isinstance(value, str):
            return value
        raise WorldError(f"The field {name} must be a text.")

    def flag(self, name: str) -> bool:
        """Read a truth value; absent is false."""
        value = self.values.get(name, False)
        if not isinstance(value, bool):
            raise WorldError(f"The field {name} must be true or false.")
        return value

    def number(self, name: str, default: float) -> float:
        """Read a number, whole or not."""
        value = self.values.get(name, default)
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise WorldError(f"The field {name} must be a number.")
        return value

    def items(self, name: str) -> list[Any]:
        """Read a list; absent is empty."""
        value = self.values.get(name) or []
        if not isinstance(value, list):
            raise WorldError(f"The field {name} must be a list.")
        return value

    def ids(self, name: str) -> list[int]:
        """Read a list of ids."""
        value = self.items(name)
        if not all(isinstance(item, int) and not isinstance(item, bool) for item in value):
            raise WorldError(f"The field {name} must be a list of ids.")
        return value


Action = Callable[[World, Fields], Json | None]


def _message(message: SimMessage) -> Json:
    return {"message_id": message.id, "chat": message.chat_id}


def _user(user: User) -> Json:
    return {"user": user.id, "id": user.id}


def _chat(chat: Chat) -> Json:
    return {"chat": chat.id, "id": chat.id}


def _add_user(world: World, f: Fields) -> Json:
    name = f.text("first_name")
    username, last = f.optional_text("username") or None, f.optional_text("last_name") or None
    return _user(world.add_user(name, username=username, last_name=last, language=f.optional_text("language") or "en"))


def _add_group(world: World, f: Fields) -> Json:
    return _chat(
        world.add_group(
            f.text("title"),
            f.ids("members"),
            supergroup=f.flag("supergroup"),
            forum=f.flag("forum"),
            admins=f.ids("admins"),
            with_bot=f.flag("with_bot"),
        )
    )


def _say(world: World, f: Fields) -> Json:
    user, chat, text = f.integer("user"), f.integer("chat"), f.text("text")
    if not f.flag("anonymous") and world.is_ephemeral_command(user, chat, text):
        return _message(world.say_to_bot(user, chat, text, thread_id=f.optional_integer("thread_id")))
    message = world.say(
        user,
        chat,
        text,
        entities=f.items("entities"),
        reply_to=f.optional_integer("reply_to"),
        thread_id=f.optional_integer("thread_id"),
        anonymous=f.flag("anonymous"),
        as_channel=f.optional_text("as_channel"),
        silent=f.flag("silent"),
    )
    return _message(message)


def _edit(world: World, f: Fields) -> Json:
    message = world.edit_message(f.integer("user"), f.integer("chat"), f.integer("message_id"), f.text("text"))
    return _message(message)


def _press(world: World, f: Fields) -> Json:
    query = world.press(
        f.integer("user"),
        f.integer("chat"),
        f.integer("message_id"),
        f.text("callback_data"),
        forged=f.flag("forged"),
    )
    return {"query_id": query}


def _pay(world: World, f: Fields) -> Json:
    return {"query_id": world.pay(f.integer("user"), f.integer("chat"), f.integer("message_id"))}


def _tap_key(world: World, f: Fields) -> Json:
    thread_id = f.optional_integer("thread_id")
    return _message(world.tap_key(f.integer("user"), f.integer("chat"), f.text("label"), thread_id=thread_id))


def _share_users(world: World, f: Fields) -> Json:
    message = world.share_users(
        f.integer("user"), f.integer("chat"), f.integer("request_id"), f.ids("users"), forged=f.flag("forged")
    )
    return _message(message)


def _fault(world: World, f: Fields) -> None:
    world.fail(
        f.optional_text("method") or "*",
        f.text("kind"),
        int(f.number("times", 1)),
        retry_after=int(f.number("retry_after", 1)),
        delay=f.number("delay", 5.0),
        description=f.optional_text("description"),
        chat_id=f.optional_integer("chat_id"),
    )


def _rights(f: Fields) -> dict[str, bool] | list[str] | None:
    value = f.values.get("rights")
    if value is not None and not isinstance(value, dict | list):
        raise WorldError("The field rights must be an object or a list.")
    return value


def _open_topic(world: World, f: Fields) -> Json:
    return {"thread_id": world.open_topic(f.integer("chat"), f.text("name"), by=f.optional_integer("by")).id}


def _flood(world: World, f: Fields) -> None:
    world.flood = f.flag("on")
    world.touch()


def _promote(world: World, f: Fields) -> None:
    world.promote(f.integer("user"), f.integer("chat"), _rights(f), by=f.optional_integer("by"))


ACTIONS: dict[str, Action] = {
    "add_user": _add_user,
    "add_group": _add_group,
    "say": _say,
    "edit": _edit,
    "press": _press,
    "pay": _pay,
    "tap_key": _tap_key,
    "share_users": _share_users,
    "delete": lambda w, f: w.delete_message(f.integer("chat"), f.integer("message_id")),
    "start": lambda w, f: _message(w.start(f.integer("user"), f.optional_text("payload"))),
    "add_bot": lambda w, f: w.add_bot(
        f.integer("chat"), f.optional_integer("by"), payload=f.optional_text("payload"), rights=_rights(f)
    ),
    "remove_bot": lambda w, f: w.remove_bot(f.integer("chat"), f.optional_integer("by")),
    "restrict_bot": lambda w, f: w.restrict_bot(f.integer("chat"), by=f.optional_integer("by")),
    "unrestrict_bot": lambda w, f: w.unrestrict_bot(f.integer("chat"), by=f.optional_integer("by")),
    "promote": _promote,
    "demote": lambda w, f: w.demote(f.integer("user"), f.integer("chat"), by=f.optional_integer("by")),
    "join": lambda w, f: w.join(f.integer("user"), f.integer("chat"), by=f.optional_integer("by")),
    "leave": lambda w, f: w.leave(f.integer("user"), f.integer("chat")),
    "kick": lambda w, f: w.kick(f.integer("user"), f.integer("chat"), by=f.optional_integer("by")),
    "block": lambda w, f: w.block(f.integer("user")),
    "unblock": lambda w, f: w.unblock(f.integer("user")),
    "migrate": lambda w, f: _chat(w.migrate(f.integer("chat"))),
    "rename_chat": lambda w, f: w.rename_chat(f.integer("chat"), f.text("title"), by=f.optional_integer("by")),
    "open_topic": _open_topic,
    "close_topic": lambda w, f: w.close_topic(f.integer("chat"), f.integer("thread_id"), by=f.optional_integer("by")),
    "delete_chat": lambda w, f: w.delete_chat(f.integer("chat")),
    "rename_user": lambda w, f: w.rename_user(
        f.integer("user"), first_name=f.optional_text("first_name"), username=f.optional_text("username")
    ),
    "deactivate": lambda w, f: w.deactivate(f.integer("user")),
    "redeliver": lambda w, f: w.redeliver(f.integer("update_id")),
    "flood": _flood,
    "fault": _fault,
}


class Control:
    """What the page can do: to the world, the platforms, and the bot's process."""

    def __init__(self, world: World, platforms: Platforms | None = None, controller: Controller | None = None) -> None:
        self._world = world
        self._platforms = platforms
        self._controller = controller

    def state(self) -> Json:
        """Describe everything."""
        state = world_json(self._world)
        state["bot"] |= {"running": state["bot"]["connected"], "pid": None, "mode": state["bot"]["delivery"]}
        if self._controller is not None:
            state["bot"] |= self._controller.state()
        state["platforms"] = {} if self._platforms is None else self._platforms.state()
        for platform in state["platforms"].values():
            if isinstance(platform, dict):
                state["faults"] += platform.get("faults") or []
        return state

    async def act(self, action: str, data: Json) -> Json:
        """Carry out an action. WorldError or ValueError says what to do instead."""
        if action == "bot":
            return await self._bot(Fields(data).text("do"))
        if action == "fault" and data.get("target", "telegram") != "telegram":
            return await self._platform(action, data)
        if action in PLATFORM_ACTIONS:
            return await self._platform(action, data)
        if action == "clear_faults":
            self._world.clear_faults()
            return {} if self._platforms is None else await self._platform(action, data)
        if action == "deliver_raw":
            return {"update_id": self._world.deliver_raw(data)}
        if action not in ACTIONS:
            raise WorldError(f"There is no action {action!r}. Choose one of: {', '.join(sorted(self.names()))}.")
        return ACTIONS[action](self._world, Fields(data)) or {}

    def names(self) -> set[str]:
        """List all actions."""
        return {*ACTIONS, *PLATFORM_ACTIONS, "bot", "clear_faults", "deliver_raw"}

    async def _bot(self, what: str) -> Json:
        if self._controller is None:
            raise WorldError("The bot is not run by this sandbox: start it where you started it.")
        await self._controller.do(what)
        self._world.touch()
        return {}

    async def _platform(self, action: str, data: Json) -> Json:
        if self._platforms is None:
            raise WorldError("This sandbox has no simulated platforms.")
        result = await self._platforms.act(action, data)
        self._world.touch()
        return result or {}
