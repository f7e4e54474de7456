"""Asking about chats and their members; leaving."""

from gub.sandbox.telegram.errors import bad_request
from gub.sandbox.telegram.methods.call import Call
from gub.sandbox.telegram.models import Chat, Json, Member
from gub.sandbox.telegram.render import full_chat_json, member_json, user_json


async def get_chat(call: Call) -> Json:
    """Tell all about a chat."""
    chat = call.chat("read")
    pinned = next((chat.messages[number] for number in reversed(chat.pinned)), None)
    return full_chat_json(chat, None if pinned is None else call.render(pinned, chat))


async def get_chat_member(call: Call) -> Json:
    """Tell how somebody stands to a chat. Who was never in it has left it."""
    chat, user_id = call.chat("members"), call.params.user_id()
    user = call.world.users.get(user_id)
    if user is None:
        raise bad_request("PARTICIPANT_ID_INVALID" if chat.type == "supergroup" else "user not found")
    if chat.private:
        here = user_id in (chat.id, call.bot.id)
        return {"user": user_json(user), "status": "member" if here else "left"}
    _check_visible(call, chat, user_id)
    answer = member_json(chat.member(user), chat)
    call.bot.learn(answer)
    return answer


async def get_chat_administrators(call: Call) -> list[Json]:
    """List the administrators; other bots are left out."""
    chat = call.chat("members")
    if chat.private:
        raise bad_request("there are no administrators in the private chat")
    admins = [m for m in chat.members.values() if m.admin and (not m.user.is_bot or m.user is call.bot.user)]
    answer = [member_json(member, chat) for member in admins]
    call.bot.learn(answer)
    return answer


async def get_chat_member_count(call: Call) -> int:
    """Count the members."""
    chat = call.chat("members")
    return 2 if chat.private else sum(member.present for member in chat.members.values())


async def leave_chat(call: Call) -> bool:
    """Leave a group."""
    chat = call.chat("edit")
    if chat.private:
        raise bad_request("chat member status can't be changed in private chats")
    call.world.leave(call.bot.user, chat)
    return True


def _check_visible(call: Call, chat: Chat, user_id: int) -> None:
    asking: Member = chat.member(call.bot.user)
    if chat.hidden_members and not asking.admin and user_id != call.bot.id:
        raise bad_request("member list is inaccessible")
