"""What a bot says of itself: getMe, its commands, its name and descriptions."""

import re
from typing import Any

from gub.sandbox.telegram.errors import bad_request
from gub.sandbox.telegram.methods.call import Call
from gub.sandbox.telegram.models import Json
from gub.sandbox.telegram.params import Params
from gub.sandbox.telegram.render import user_json

COMMANDS = 100
DESCRIPTION = 256

_NAME = re.compile(r"[a-z0-9_]{1,32}", re.ASCII)
_LANGUAGE = re.compile(r"([a-z]{2})?", re.ASCII)
_PLAIN_SCOPES = {"default", "all_private_chats", "all_group_chats", "all_chat_administrators"}
_CHAT_SCOPES = {"chat", "chat_administrators", "chat_member"}
_LIMITS = {"name": 64, "description": 512, "short_description": 120}


async def get_me(call: Call) -> Json:
    """Tell who the bot is."""
    return user_json(call.bot.user) | {
        "can_join_groups": True,
        "can_read_all_group_messages": not call.bot.privacy,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
        "has_topics_enabled": False,
        "allows_users_to_create_topics": False,
        "can_manage_bots": False,
        "supports_guest_queries": False,
        "supports_join_request_queries": False,
    }


async def set_my_commands(call: Call) -> bool:
    """Replace the list of commands of one scope and language."""
    commands = call.params.json("commands", "commands")
    if not isinstance(commands, list):
        raise bad_request("expected an Array of BotCommand")
    if len(commands) > COMMANDS:
        raise bad_request("too many commands specified")
    key = _scope(call), _language(call)
    call.bot.commands[key] = [_command(command) for command in commands]
    call.world.touch()
    return True


async def get_my_commands(call: Call) -> list[Json]:
    """Tell the list of one scope and language; nothing is merged."""
    return call.bot.commands.get((_scope(call), _language(call)), [])


async def delete_my_commands(call: Call) -> bool:
    """Forget the list of one scope and language."""
    call.bot.commands.pop((_scope(call), _language(call)), None)
    call.world.touch()
    return True


async def set_my_name(call: Call) -> bool:
    """Set the name shown, or with an empty one go back."""
    return _set_profile(call, "name")


async def get_my_name(call: Call) -> Json:
    """Tell the name shown."""
    return {"name": call.bot.profile.get(("name", _language(call)), call.bot.user.first_name)}


async def set_my_description(call: Call) -> bool:
    """Set what an empty chat with the bot says."""
    return _set_profile(call, "description")


async def get_my_description(call: Call) -> Json:
    """Tell what an empty chat with the bot says."""
    return {"description": call.bot.profile.get(("description", _language(call)), "")}


async def set_my_short_description(call: Call) -> bool:
    """Set what the bot's profile says."""
    return _set_profile(call, "short_description")


async def get_my_short_description(call: Call) -> Json:
    """Tell what the bot's profile says."""
    return {"short_description": call.bot.profile.get(("short_description", _language(call)), "")}


async def log_out(call: Call) -> bool:
    """Do nothing: this server is the only one."""
    del call
    return True


def _set_profile(call: Call, field: str) -> bool:
    text = call.params.text(field)
    if len(text) > _LIMITS[field]:
        raise bad_request(f"{field.replace('_', ' ')} is too long")
    key = field, _language(call)
    if text:
        call.bot.profile[key] = text
    else:
        call.bot.profile.pop(key, None)
    call.world.touch()
    return True


def _language(call: Call) -> str:
    code = call.params.text("language_code")
    if _LANGUAGE.fullmatch(code) is None:
        raise bad_request("invalid language code specified")
    return code


def _command(command: Any) -> Json:
    if not isinstance(command, dict):
        raise bad_request("can't parse BotCommand: expected an Object")
    name, description = command.get("command"), command.get("description")
    if not isinstance(name, str) or not isinstance(description, str):
        raise bad_request("can't parse BotCommand: fields must be of type String")
    name = name.removeprefix("/")
    if _NAME.fullmatch(name) is None:
        raise bad_request("BOT_COMMAND_INVALID")
    if not 1 <= len(description) <= DESCRIPTION:
        raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    result: Json = {"command": name, "description": description}
    if command.get("is_ephemeral") is True:
        result["is_ephemeral"] = True
    return result


def _scope(call: Call) -> str:
    scope = call.params.json("scope", "BotCommandScope")
    if scope is None:
        return "default"
    kind = scope.get("type") if isinstance(scope, dict) else None
    if kind in _PLAIN_SCOPES:
        return str(kind)
    if kind not in _CHAT_SCOPES:
        raise bad_request("can't parse BotCommandScope: unsupported type specified")
    named = Call(call.world, call.bot, Params({"chat_id": str(scope.get("chat_id", ""))}))
    chat = named.chat("members")
    user = f":{scope.get('user_id')}" if kind == "chat_member" else ""
    return f"{kind}:{chat.id}{user}"
