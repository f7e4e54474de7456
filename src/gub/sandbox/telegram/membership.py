"""Who is in a chat and as what; bots are told by my_chat_member, chat_member and service messages."""

from typing import Any

from gub.sandbox.telegram.choosing import Choosing
from gub.sandbox.telegram.errors import WorldError
from gub.sandbox.telegram.models import Chat, Json, Member, User
from gub.sandbox.telegram.render import chat_json, member_json, user_json
from gub.sandbox.telegram.rights import PERMISSIONS, admin_rights


class Membership(Choosing):
    """Coming, going, rights."""

    def add_bot(
        self,
        chat: Chat | int,
        by: User | int | None = None,
        *,
        bot: User | int | None = None,
        payload: str | None = None,
        rights: dict[str, bool] | list[str] | None = None,
    ) -> None:
        """Let a member add the bot. `payload`: through a startgroup link; `rights`: as an administrator at once."""
        place, who = self._group(chat), self._bot_user(bot)
        actor = self._actor(place, by)
        if place.present(who.id):
            raise WorldError("The bot is in this chat already.")
        self.set_member(place, who, actor, status="member")
        self.service(place, actor, **_arrivals(who))
        if rights is not None:
            self.promote(who, place, rights, by=actor)
        if payload is not None:
            self.say(actor, place, f"/start@{who.username} {payload}")

    def remove_bot(self, chat: Chat | int, by: User | int | None = None, *, bot: User | int | None = None) -> None:
        """Let an administrator remove the bot."""
        self.kick(self._bot_user(bot), chat, by=by)

    def join(self, user: User | int, chat: Chat | int, *, by: User | int | None = None) -> None:
        """Let a person join, or be added by a member."""
        place, who = self._group(chat), self.find_user(user)
        if place.present(who.id):
            raise WorldError(f"{who.first_name} is in this chat already.")
        if by is None and place.member(who).status == "kicked":
            raise WorldError(f"{who.first_name} was removed from this chat: somebody in it must add them.")
        actor = who if by is None else self.find_user(by)
        self.set_member(place, who, actor, status="member")
        self.service(place, actor, **_arrivals(who))

    def leave(self, user: User | int, chat: Chat | int) -> None:
        """Let somebody leave by themselves."""
        place, who = self._group(chat), self.find_user(user)
        self._check_present(place, who)
        self._depart(place, who, who, "left")

    def kick(self, user: User | int, chat: Chat | int, *, by: User | int | None = None) -> None:
        """Let an administrator (the creator, unless named) remove somebody."""
        place, who = self._group(chat), self.find_user(user)
        self._check_present(place, who)
        actor = self._actor(place, by, admin=True)
        if actor is who:
            raise WorldError("Nobody removes themselves: leave instead.")
        self._depart(place, who, actor, "kicked")

    def promote(
        self,
        user: User | int,
        chat: Chat | int,
        rights: dict[str, bool] | list[str] | None = None,
        *,
        by: User | int | None = None,
    ) -> None:
        """Let the creator make somebody an administrator, or change their rights."""
        place, who = self._group(chat), self.find_user(user)
        self._check_present(place, who)
        if place.member(who).status == "creator":
            raise WorldError("The creator has all rights already.")
        self.set_member(
            place, who, self._actor(place, by, admin=True), status="administrator", rights=admin_rights(rights)
        )

    def demote(self, user: User | int, chat: Chat | int, *, by: User | int | None = None) -> None:
        """Let the creator take an administrator's rights away."""
        place, who = self._group(chat), self.find_user(user)
        if place.member(who).status != "administrator":
            raise WorldError(f"{who.first_name} is no administrator here.")
        self.set_member(place, who, self._actor(place, by, admin=True), status="member")

    def restrict(
        self,
        user: User | int,
        chat: Chat | int,
        permissions: dict[str, bool] | None = None,
        *,
        by: User | int | None = None,
    ) -> None:
        """Restrict a member of a supergroup; without `permissions` they can do nothing but read."""
        place, who = self._group(chat), self.find_user(user)
        if place.type != "supergroup":
            raise WorldError("Only supergroups restrict single members: use mute_chat, or migrate the group.")
        granted = dict.fromkeys(PERMISSIONS, False) | (permissions or {})
        present = place.member(who).present
        actor = self._actor(place, by, admin=True)
        self.set_member(place, who, actor, status="restricted", is_member=present, permissions=granted)

    def restrict_bot(self, chat: Chat | int, *, by: User | int | None = None) -> None:
        """Forbid the bot to write: by a restriction in a supergroup, by the group's permissions in a group."""
        place = self._group(chat)
        if place.type == "supergroup":
            self.restrict(self.default_bot.user, place, by=by)
        else:
            self.mute_chat(place)

    def unrestrict_bot(self, chat: Chat | int, *, by: User | int | None = None) -> None:
        """Let the bot write again."""
        place = self._group(chat)
        if place.type == "supergroup":
            bot = self.default_bot.user
            self.set_member(place, bot, self._actor(place, by, admin=True), status="member")
        else:
            self.mute_chat(place, muted=False)

    def mute_chat(self, chat: Chat | int, *, muted: bool = True) -> None:
        """Take from all ordinary members the permission to write. Bots are not told."""
        self._group(chat).can_send_messages = not muted
        self.touch()

    def set_member(self, chat: Chat, user: User, actor: User, **fields: Any) -> None:
        """Change how somebody stands to a chat and tell the bots that are to know."""
        old = chat.member(user)
        new = Member(user, **fields)
        chat.members[user.id] = new
        body = {
            "chat": chat_json(chat),
            "from": user_json(actor),
            "date": self.now(),
            "old_chat_member": member_json(old, chat),
            "new_chat_member": member_json(new, chat),
        }
        for bot in self.bots.values():
            if bot.user is user:
                self._tell(bot.id, "my_chat_member", body, ("my", chat.id))
            elif chat.member(bot.user).admin:
                self._tell(bot.id, "chat_member", body, ("member", user.id))
        self.touch()

    # -- inside

    def _tell(self, bot_id: int, kind: str, body: Json, key: tuple[str, int]) -> None:
        bot = self.bots[bot_id]
        bot.learn(body)
        bot.known_chats.add(body["chat"]["id"])
        bot.queue.add(kind, body, key)

    def _depart(self, chat: Chat, who: User, actor: User, status: str) -> None:
        gone: Json = {"left_chat_member": user_json(who)}
        if who.id in self.bots and chat.type == "supergroup":
            # Who was removed from a supergroup cannot see it any more, the message about it included.
            self.set_member(chat, who, actor, status=status)
            self.service(chat, actor, **gone)
        else:
            self.service(chat, actor, **gone)
            self.set_member(chat, who, actor, status=status)

    def _bot_user(self, bot: User | int | None) -> User:
        return self.default_bot.user if bot is None else self.find_user(bot)

    def _group(self, chat: Chat | int) -> Chat:
        place = self.find_chat(chat)
        if place.private:
            raise WorldError("A private chat has no members: choose a group.")
        if place.migrated_to is not None:
            raise WorldError(f"The group became the supergroup {place.migrated_to}: choose that.")
        return place

    def _check_present(self, chat: Chat, who: User) -> None:
        if not chat.present(who.id):
            raise WorldError(f"{who.first_name} is not in this chat.")

    def _actor(self, chat: Chat, by: User | int | None, *, admin: bool = False) -> User:
        if by is not None:
            actor = self.find_user(by)
            member = chat.member(actor)
            if not member.present:
                raise WorldError(f"{actor.first_name} is not in this chat: join first, or act as a member.")
            if admin and not member.admin:
                raise WorldError(f"{actor.first_name} is no administrator here: act as one.")
            return actor
        members = [m for m in chat.members.values() if m.present and not m.user.is_bot]
        best = next((m for m in members if m.status == "creator"), None)
        best = best or next((m for m in members if m.admin), None) or next(iter(members), None)
        if best is None:
            raise WorldError("Nobody is in this chat to do that.")
        return best.user


def _arrivals(who: User) -> Json:
    return {"new_chat_members": [user_json(who)]}
