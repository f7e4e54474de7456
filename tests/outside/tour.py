"""A walk through everything the simulated Telegram can do, past the recorder: every kind of answer and update.

The bot here is no bot at all but plain HTTP calls, so each method is asked for with exactly the arguments written.
"""

from typing import Any

import aiohttp

from gub.sandbox.telegram.models import Chat
from gub.sandbox.telegram.world import World

KEYBOARD = {
    "inline_keyboard": [[{"text": "Join", "callback_data": "join"}, {"text": "Page", "url": "https://example.org/"}]]
}
PICKER = {
    "keyboard": [
        [{"text": "Choose", "request_users": {"request_id": 5, "max_quantity": 10, "request_name": True}}],
        [{"text": "Cancel"}],
    ],
    "resize_keyboard": True,
}
KINDS = [
    "message",
    "edited_message",
    "callback_query",
    "pre_checkout_query",
    "my_chat_member",
    "chat_member",
]


class BotCalls:
    """The Bot API by plain HTTP, past the recorder at `url`."""

    def __init__(self, session: aiohttp.ClientSession, url: str, token: str) -> None:
        self._session = session
        self._base = f"{url}/bot{token}"
        self._offset = 0

    async def __call__(self, method: str, **params: Any) -> Any:
        """Call a method; returns its result, or the whole answer when it is a refusal."""
        async with self._session.post(f"{self._base}/{method}", json=params) as answer:
            body = await answer.json()
        return body["result"] if body["ok"] else body

    async def upload(self, method: str, name: str, content: bytes, **params: Any) -> Any:
        """Call a method with a file; returns its result."""
        form = aiohttp.FormData({key: str(value) for key, value in params.items()})
        form.add_field(name, content, filename="data.json", content_type="application/json")
        async with self._session.post(f"{self._base}/{method}", data=form) as answer:
            return (await answer.json())["result"]

    async def updates(self) -> list[Any]:
        """Take what is pending."""
        found: list[Any] = await self("getUpdates", offset=self._offset, timeout=0, allowed_updates=KINDS)
        if found:
            self._offset = found[-1]["update_id"] + 1
        return found


class Tour:
    """Ada, Bob and Eve; a group, a forum; the bot in both."""

    def __init__(self, world: World, bot: BotCalls) -> None:
        self.world = world
        self.call = bot
        self.ada = world.add_user("Ada", username="ada", last_name="L.", language="de")
        self.bob = world.add_user("Bob")
        self.eve = world.add_user("Eve & <b>'\"")

    async def walk(self) -> None:
        """All of it, in the order in which it could happen."""
        await self.call.updates()
        await self.itself()
        group = self.world.add_group("Friends", [self.ada, self.bob])
        self.world.add_bot(group, by=self.ada)
        await self.private_chat()
        await self.files_and_payments()
        await self.talk(group)
        await self.buttons(group)
        await self.for_one_person(group)
        await self.people(group)
        await self.forum()
        await self.refusals(group)
        await self.migration(group)

    async def itself(self) -> None:
        """What the bot says and asks about itself."""
        await self.call("getMe")
        await self.call("getWebhookInfo")
        await self.call("deleteWebhook")
        commands = [{"command": "status", "description": "Who is on"}]
        for scope in ({"type": "default"}, {"type": "all_group_chats"}, {"type": "all_private_chats"}):
            await self.call("setMyCommands", commands=commands, scope=scope)
            await self.call("getMyCommands", scope=scope)
        await self.call("deleteMyCommands")
        for what, text in (("Name", "GUB"), ("Description", "Who is on?"), ("ShortDescription", "Who is on?")):
            await self.call(f"setMy{what}", **{_argument(what): text})
            await self.call(f"getMy{what}")

    async def private_chat(self) -> None:
        """A person starts, writes, edits, blocks and comes back."""
        self.world.start(self.ada, "payload_1")
        said = self.world.say(
            self.ada, self.ada, "Hello @gub_test_bot https://example.org/ /help #tag $USD a@example.org"
        )
        self.world.edit_message(self.ada, self.ada, said.id, "Hello again")
        sent = await self.call("sendMessage", chat_id=self.ada.id, text="Hi", reply_parameters={"message_id": said.id})
        await self.call("sendChatAction", chat_id=self.ada.id, action="typing")
        await self.call("getChat", chat_id=self.ada.id)
        self.world.say(self.ada, self.ada, "a reply", reply_to=sent["message_id"])
        await self.call("sendMessage", chat_id=self.ada.id, text="Whom?", reply_markup=PICKER)
        self.world.share_users(self.ada, self.ada, 5, [self.bob, self.eve])
        self.world.tap_key(self.ada, self.ada, "Cancel")
        await self.call("sendMessage", chat_id=self.ada.id, text="Done", reply_markup={"remove_keyboard": True})
        self.world.block(self.ada)
        await self.call("sendMessage", chat_id=self.ada.id, text="lost")
        self.world.start(self.ada)
        await self.call.updates()

    async def files_and_payments(self) -> None:
        """A file, by upload and again by its id; Stars that are paid and given back."""
        sent = await self.call.upload("sendDocument", "document", b"{}", chat_id=self.ada.id, caption="Yours")
        await self.call("sendDocument", chat_id=self.ada.id, document=sent["document"]["file_id"])
        invoice = {"title": "Thanks", "description": "For the bot", "payload": "p", "currency": "XTR"}
        prices = [{"label": "Thanks", "amount": 50}]
        sent = await self.call("sendInvoice", chat_id=self.ada.id, prices=prices, **invoice)
        asked = self.world.pay(self.ada, self.ada, sent["message_id"])
        await self.call.updates()
        await self.call("answerPreCheckoutQuery", pre_checkout_query_id=asked, ok=True)
        (charge,) = self.world.charges.values()
        await self.call("refundStarPayment", user_id=self.ada.id, telegram_payment_charge_id=charge.id)
        await self.call.updates()

    async def talk(self, group: Chat) -> None:
        """Messages of every sort, and edits and deletions."""
        bold = {"type": "bold", "offset": 0, "length": 4}
        mention = {"type": "text_mention", "offset": 5, "length": 3, "user": {"id": self.bob.id}}
        link = {"type": "text_link", "offset": 0, "length": 4, "url": "https://example.org/"}
        sent = await self.call("sendMessage", chat_id=group.id, text="Bold Bob", entities=[bold, mention, link])
        number = sent["message_id"]
        self.world.say(self.bob, group, "to that: /join", reply_to=number)
        self.world.say(self.bob, group, f"/join@{self.world.bot().user.username} Warzone")
        who = {"type": "text_mention", "offset": 5, "length": 3, "user": {"id": self.eve.id}}
        self.world.join(self.eve, group, by=self.ada)
        self.world.say(self.bob, group, "/add Eve", entities=[who])
        await self.call("editMessageText", chat_id=group.id, message_id=number, text="Edited", reply_markup=KEYBOARD)
        await self.call("editMessageReplyMarkup", chat_id=group.id, message_id=number)
        await self.call("copyMessage", chat_id=group.id, from_chat_id=group.id, message_id=number)
        await self.call("forwardMessage", chat_id=self.ada.id, from_chat_id=group.id, message_id=number)
        await self.call(
            "setMessageReaction", chat_id=group.id, message_id=number, reaction=[{"type": "emoji", "emoji": "👍"}]
        )
        await self.call("deleteMessage", chat_id=group.id, message_id=number)
        several = [(await self.call("sendMessage", chat_id=group.id, text=f"{one}"))["message_id"] for one in range(2)]
        await self.call("deleteMessages", chat_id=group.id, message_ids=several)
        self.world.rename_chat(group, "Old friends")
        await self.call.updates()

    async def buttons(self, group: Chat) -> None:
        """Presses, on messages that are there and on one that is gone."""
        sent = await self.call("sendMessage", chat_id=group.id, text="Press", reply_markup=KEYBOARD)
        number = sent["message_id"]
        for text, alert in (("Joined", False), ("Not you", True)):
            query = self.world.press(self.bob, group, number, "join")
            await self.call("answerCallbackQuery", callback_query_id=query, text=text, show_alert=alert)
        await self.call("answerCallbackQuery", callback_query_id="1")
        await self.call("deleteMessage", chat_id=group.id, message_id=number)
        self.world.press(self.bob, group, number, "join", forged=True)
        await self.call.updates()

    async def for_one_person(self, group: Chat) -> None:
        """What one person of a group sees alone: after a press, and between them and the bot."""
        sent = await self.call("sendMessage", chat_id=group.id, text="Press", reply_markup=KEYBOARD)
        query = self.world.press(self.bob, group, sent["message_id"], "join")
        shown = await self.call(
            "sendMessage",
            chat_id=group.id,
            text="For you",
            reply_markup=KEYBOARD,
            ephemeral_message_parameters={"receiver_user_id": self.bob.id, "callback_query_id": query},
        )
        number = shown["ephemeral_message_id"]
        where = {"chat_id": group.id, "receiver_user_id": self.bob.id, "ephemeral_message_id": number}
        self.world.press(self.bob, group, -number, "join")
        await self.call("editEphemeralMessageText", **where, text="Still for you", reply_markup=KEYBOARD)
        await self.call("editEphemeralMessageReplyMarkup", **where)
        await self.call("deleteEphemeralMessage", **where)
        await self.call("deleteEphemeralMessage", **where)
        offered = [{"command": "secret", "description": "x", "is_ephemeral": True}]
        await self.call("setMyCommands", commands=offered, scope={"type": "chat", "chat_id": group.id})
        asked = -self.world.say_to_bot(self.bob, group, "/secret").id
        await self.call(
            "sendMessage",
            chat_id=group.id,
            text="psst",
            ephemeral_message_parameters={"receiver_user_id": self.bob.id},
            reply_parameters={"ephemeral_message_id": asked},
        )
        await self.call.updates()

    async def people(self, group: Chat) -> None:
        """Coming, going, rights, and what the bot may ask about them."""
        self.world.promote(self.bob, group)
        self.world.promote(self.world.bot().user, group)
        for user in (self.ada, self.bob, self.eve, self.world.bot().user):
            await self.call("getChatMember", chat_id=group.id, user_id=user.id)
        await self.call("getChatAdministrators", chat_id=group.id)
        await self.call("getChatMemberCount", chat_id=group.id)
        await self.call("getChat", chat_id=group.id)
        said = self.world.say(self.ada, group, "heard by an administrator")
        await self.call("pinChatMessage", chat_id=group.id, message_id=said.id)
        await self.call("getChat", chat_id=group.id)
        await self.call("unpinChatMessage", chat_id=group.id, message_id=said.id)
        await self.call("unpinAllChatMessages", chat_id=group.id)
        self.world.leave(self.eve, group)
        self.world.demote(self.bob, group)
        self.world.kick(self.bob, group, by=self.ada)
        for user in (self.bob, self.eve):
            await self.call("getChatMember", chat_id=group.id, user_id=user.id)
        self.world.join(self.bob, group, by=self.ada)
        await self.call.updates()

    async def forum(self) -> None:
        """A supergroup with topics: an anonymous administrator, a channel, a restricted member."""
        forum = self.world.add_group("Forum", [self.ada, self.bob], supergroup=True, forum=True)
        self.world.add_bot(forum, by=self.ada)
        topic = self.world.open_topic(forum, "Warzone")
        self.world.say(self.ada, forum, "/status", thread_id=topic.id)
        sent = await self.call("sendMessage", chat_id=forum.id, text="there", message_thread_id=topic.id)
        self.world.say(self.bob, forum, "a reply", thread_id=topic.id, reply_to=sent["message_id"])
        await self.call("sendMessage", chat_id=forum.id, text="in General")
        await self.call("sendMessage", chat_id=forum.id, text="nowhere", message_thread_id=999)
        self.world.say(self.ada, forum, "/status@gub_test_bot", anonymous=True)
        self.world.promote(self.world.bot().user, forum)
        self.world.say(self.bob, forum, "/status@gub_test_bot", as_channel="Bob's channel")
        self.world.auto_forward(forum, "News!")
        self.world.restrict(self.bob, forum)
        await self.call("getChatMember", chat_id=forum.id, user_id=self.bob.id)
        await self.call("getChatMember", chat_id=forum.id, user_id=self.world.bot().user.id)
        await self.call("getChat", chat_id=forum.id)
        self.world.close_topic(forum, topic.id)
        await self.call("leaveChat", chat_id=forum.id)
        await self.call.updates()

    async def refusals(self, group: Chat) -> None:
        """Every way of saying no."""
        await self.call("sendMessage", chat_id=group.id, text="")
        await self.call("sendMessage", chat_id=group.id, text="x" * 4097)
        await self.call("sendMessage", chat_id=-1, text="x")
        await self.call("sendMessage", text="x")
        await self.call("editMessageText", chat_id=group.id, message_id=99999, text="x")
        await self.call("deleteMessage", chat_id=group.id, message_id=99999)
        await self.call("getChatMember", chat_id=group.id, user_id=424242)
        await self.call("noSuchMethod")
        self.world.restrict_bot(group)
        await self.call("sendMessage", chat_id=group.id, text="muted")
        self.world.unrestrict_bot(group)
        lost = self.world.add_group("Lost", [self.ada])
        self.world.add_bot(lost, by=self.ada)
        self.world.delete_chat(lost)
        await self.call("sendMessage", chat_id=lost.id, text="x")
        self.world.deactivate(self.eve)
        await self.call("sendMessage", chat_id=self.eve.id, text="x")
        for kind in ("429", "429_plain", "500", "401", "409"):
            self.world.fail("sendMessage", kind)
            await self.call("sendMessage", chat_id=group.id, text="x")

    async def migration(self, group: Chat) -> None:
        """The group becomes a supergroup; the bot is removed from it."""
        other = self.world.add_group("Others", [self.ada, self.bob])
        self.world.add_bot(other, by=self.ada, rights=["can_pin_messages"], payload="setup")
        self.world.migrate(other, membership=True)
        new = self.world.migrate(group)
        await self.call("sendMessage", chat_id=group.id, text="x")
        await self.call("sendMessage", chat_id=new.id, text="x")
        await self.call.updates()
        self.world.remove_bot(new, by=self.ada)
        await self.call.updates()
        await self.call("sendMessage", chat_id=new.id, text="x")
        await self.call("getChatMember", chat_id=new.id, user_id=self.ada.id)
        await self.call("logOut")


def _argument(what: str) -> str:
    return {"Name": "name", "Description": "description", "ShortDescription": "short_description"}[what]
