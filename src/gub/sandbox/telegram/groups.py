"""Making people and chats, and what changes a chat as a whole."""

from collections.abc import Iterable, Sequence

from gub.sandbox.telegram.errors import WorldError
from gub.sandbox.telegram.membership import Membership
from gub.sandbox.telegram.models import ANONYMOUS_ADMIN_ID, Chat, Member, Topic, User
from gub.sandbox.telegram.render import chat_json
from gub.sandbox.telegram.rights import admin_rights
from gub.sandbox.telegram.state import FIRST_GROUP, FIRST_SUPERGROUP

TOPIC_COLOR = 0x6FB9F0


class Groups(Membership):
    """People, groups, topics."""

    def add_user(
        self,
        first_name: str,
        *,
        username: str | None = None,
        last_name: str | None = None,
        language: str | None = "en",
    ) -> User:
        """Make a Telegram account."""
        if not first_name.strip():
            raise WorldError("A user needs a first name.")
        if username is not None and self.by_username(username) is not None:
            raise WorldError(f"The username {username} is taken.")
        user = User(self.next_user_id, first_name, last_name, username, language)
        self.next_user_id += 1
        self.users[user.id] = user
        self.touch()
        return user

    def rename_user(self, user: User | int, *, first_name: str | None = None, username: str | None = None) -> None:
        """Change what a person is called; an empty username takes it away. No bot is told."""
        who = self.find_user(user)
        who.first_name = first_name or who.first_name
        if username is not None:
            owner = self.by_username(username) if username else None
            if owner is not None and owner is not who:
                raise WorldError(f"The username {username} is taken.")
            who.username = username or None
        self.touch()

    def deactivate(self, user: User | int) -> None:
        """Let a person delete their account."""
        who = self.find_user(user)
        who.deactivated, who.first_name, who.last_name, who.username = True, "", None, None
        self.touch()

    def add_group(
        self,
        title: str,
        members: Iterable[User | int],
        *,
        supergroup: bool = False,
        forum: bool = False,
        admins: Sequence[User | int] = (),
        with_bot: bool = False,
        username: str | None = None,
    ) -> Chat:
        """Make a group; its first member creates it. `with_bot`: the bot is among those it is created with."""
        people = [self.find_user(member) for member in members]
        if not title.strip() or not people:
            raise WorldError("A group needs a title and at least one member.")
        chat = Chat(0, "supergroup" if supergroup or forum else "group", title, username, forum)
        chat.id = self._next_chat_id(chat.type)
        self.chats[chat.id] = chat
        for person in people:
            chat.members[person.id] = Member(person, "member")
        for admin in admins:
            person = self.find_user(admin)
            chat.members[person.id] = Member(person, "administrator", rights=admin_rights())
        creator = people[0]
        chat.members[creator.id] = Member(creator, "creator")
        if with_bot:
            self.set_member(chat, self.default_bot.user, creator, status="member")
        if chat.type == "group":
            self.service(chat, creator, group_chat_created=True)
        elif chat.last_message_id == 0:
            chat.last_message_id = 1  # the message about its creation, which no bot is shown
        self.touch()
        return chat

    def rename_chat(self, chat: Chat | int, title: str, *, by: User | int | None = None) -> None:
        """Change a group's title."""
        place = self._group(chat)
        if not title.strip():
            raise WorldError("A group needs a title.")
        actor = self._actor(place, by)
        place.title = title
        self.service(place, actor, new_chat_title=title)

    def delete_chat(self, chat: Chat | int) -> None:
        """Let the creator delete a group for everybody. Its bots are told only by what they are refused."""
        self._group(chat).deleted = True
        self.touch()

    def migrate(self, chat: Chat | int, *, tell: bool = True, membership: bool = False) -> Chat:
        """Turn a group into a supergroup and return that.

        `tell`: by the two service messages; else only the refusal of the next call does. `membership`: by
        my_chat_member as well (whether Telegram does that is undocumented).
        """
        old = self._group(chat)
        if old.type != "group":
            raise WorldError("Only a group can become a supergroup; this is one already.")
        actor = self._actor(old, None)
        new = Chat(self._next_chat_id("supergroup"), "supergroup", old.title)
        new.can_send_messages = old.can_send_messages
        self.chats[new.id] = new
        bots = self.bots_in(old)
        new.members = {number: member for number, member in old.members.items() if member.user.id not in self.bots}
        for bot in bots:
            member = old.members[bot.id]
            bot.known_chats.add(new.id)
            if membership:
                self.set_member(new, bot.user, actor, status=member.status, rights=member.rights)
            else:
                new.members[bot.id] = member
        if tell:
            self.service(old, actor, migrate_to_chat_id=new.id)
        if membership:
            for bot in bots:
                self.set_member(old, bot.user, actor, status="left")
        old.migrated_to = new.id
        if tell:
            anonymous = self.users[ANONYMOUS_ADMIN_ID]
            self.post(new, anonymous, sender_chat=chat_json(new), service={"migrate_from_chat_id": old.id})
        else:
            new.last_message_id = 1
        self.touch()
        return new

    # -- topics

    def open_topic(self, chat: Chat | int, name: str, *, by: User | int | None = None) -> Topic:
        """Open a forum topic; its id is that of the message that says so."""
        place = self._forum(chat)
        created = {"name": name, "icon_color": TOPIC_COLOR}
        number = place.last_message_id + 1
        topic = Topic(number, name)
        place.topics[number] = topic
        self.service(place, self._actor(place, by), thread_id=number, forum_topic_created=created)
        return topic

    def close_topic(self, chat: Chat | int, topic_id: int, *, by: User | int | None = None) -> None:
        """Close a topic: only administrators who manage topics can write there then."""
        place = self._forum(chat)
        self._check_topic(place, topic_id)
        place.topics[topic_id].closed = True
        self.service(place, self._actor(place, by), thread_id=topic_id, forum_topic_closed={})

    def delete_topic(self, chat: Chat | int, topic_id: int) -> None:
        """Delete a topic with its messages. No bot is told."""
        place = self._forum(chat)
        self._check_topic(place, topic_id)
        place.topics[topic_id].deleted = True
        for message in place.messages.values():
            message.deleted = message.deleted or message.thread_id == topic_id
        self.touch()

    # -- inside

    def _next_chat_id(self, kind: str) -> int:
        first = FIRST_GROUP if kind == "group" else FIRST_SUPERGROUP
        return first - sum(chat.type == kind and chat.id <= first for chat in self.chats.values())

    def _forum(self, chat: Chat | int) -> Chat:
        place = self._group(chat)
        if not place.forum:
            raise WorldError("This chat has no topics: add a group with forum set.")
        return place
