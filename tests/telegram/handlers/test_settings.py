"""/settings: one's own in private, those of a group by link in private, or in the group for one person alone."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from gub.domain.choices import CHOICES, IN_GROUPS, IN_PRIVATE, NO, Setting
from gub.domain.languages import Language
from gub.domain.time_zones import ZONES, Region
from gub.domain.values import ChatSettings, Who
from gub.sandbox.telegram.models import Chat, SimMessage, User
from gub.services.chat_settings import Chosen
from gub.telegram.views.menu import menus
from tests.telegram.handlers.conftest import Stage

ONLY_ADMINS = "Only admins of the chat can change its settings. Nothing was changed."


@pytest.fixture
def boss(stage: Stage) -> User:
    return stage.world.add_user("Boss")


@pytest.fixture
async def chat(stage: Stage, ann: User, bob: User, boss: User) -> Chat:
    """A supergroup with Ann, Bob and the bot, of which Ann and the boss are admins."""
    return await stage.group(ann, bob, boss, admins=[boss])


async def menu_of(stage: Stage, user: User, chat: Chat) -> SimMessage:
    """Open the settings of a group in private."""
    menu = await stage.answer(user, user, f"/start settings_{chat.id}")
    assert "Settings of Squad" in menu.text
    return menu


async def choose(stage: Stage, user: User, menu: SimMessage, setting: str, choice: str) -> str:
    """Tap a setting, then a choice; give what the toast said."""
    await stage.press(user, menu, setting)
    answer = await stage.press(user, menu, choice)
    assert answer is not None
    return answer.text


def data(chat: Chat | int, setting: Setting, value: str, action: str = "set") -> str:
    return f"st:{action}:{chat if isinstance(chat, int) else chat.id}:{setting}:{value}"


# -- one's own


async def test_everybody_has_settings_of_their_own_in_private(stage: Stage, ann: User) -> None:
    menu = await stage.answer(ann, ann, "/settings")
    assert menu.text.splitlines() == [
        "⚙️ Your settings",
        "",
        "🌐 Language: English",
        "🕐 Time zone: not chosen yet",
        "📰 News about me: yes",
        "😜 Friendly teasing: yes",
        "",
        "For the settings of a group, type /settings there.",
    ]
    assert await choose(stage, ann, menu, "News", "no") == "✓ Saved"
    assert await choose(stage, ann, menu, "Teasing", "no") == "✓ Saved"
    assert "📰 News about me: no\n😜 Friendly teasing: no" in menu.text
    assert await stage.parts.choices.of(ann.id) == Chosen(chat=ChatSettings(announcements=False), banter=False)


async def test_the_way_to_ones_hours_is_there(stage: Stage, ann: User) -> None:
    menu = await stage.answer(ann, ann, "/settings")
    answer = await stage.press(ann, menu, "Set my hours")
    assert answer is not None
    assert not answer.text, "nothing was saved yet"
    assert menu.text.startswith("🕐 When you want to be called")


async def test_a_link_leads_to_them_as_well(stage: Stage, ann: User) -> None:
    assert (await stage.answer(ann, ann, "/start settings")).text.startswith("⚙️ Your settings")


async def test_what_holds_is_marked_and_one_can_go_back(stage: Stage, ann: User) -> None:
    menu = await stage.answer(ann, ann, "/settings")
    await stage.press(ann, menu, "Language")
    assert [button["text"] for button in menu.buttons] == [
        "✓ English",
        "Deutsch",
        "Español",
        "Português (Brasil)",
        "Русский",
        "« Back",
    ]
    await stage.press(ann, menu, "Back")
    assert menu.text.startswith("⚙️ Your settings")
    await stage.press(ann, menu, "Close")
    assert menu.text == "✓ All set. /settings opens this again."
    assert menu.keyboard is None


async def test_a_language_counts_at_once(stage: Stage, ann: User) -> None:
    menu = await stage.answer(ann, ann, "/settings")
    assert await choose(stage, ann, menu, "Language", "Deutsch") == "✓ Gespeichert"
    assert "Deutsch" in menu.text
    assert await stage.parts.languages.of(ann.id) is Language.GERMAN


async def test_a_time_zone_is_found_by_its_clock(stage: Stage, ann: User) -> None:
    menu = await stage.answer(ann, ann, "/settings")
    await stage.press(ann, menu, "Time zone")
    await stage.press(ann, menu, "Asia")
    shown = f"{stage.clock.now().astimezone(ZoneInfo('Asia/Tokyo')):%H:%M}"
    answer = await stage.press(ann, menu, f"Tokyo {shown}")
    assert answer is not None
    assert answer.text == "✓ Saved"
    assert f"🕐 Time zone: Tokyo, {shown} (UTC+9)" in menu.text
    assert await stage.store.users.time_zone(ann.id) == "Asia/Tokyo"
    await stage.press(ann, menu, "Time zone")
    await stage.press(ann, menu, "Asia")
    assert menu.button("✓ Tokyo")
    await stage.press(ann, menu, "Back")
    assert len(menu.buttons) == len(Region) + 1


async def test_every_choice_of_ones_own_can_be_made(stage: Stage, ann: User) -> None:
    menu = await stage.answer(ann, ann, "/settings")
    choices = [(setting, choice) for setting in IN_PRIVATE for choice in CHOICES.get(setting, ())]
    choices += [(Setting.TIME_ZONE, zones[0]) for zones in ZONES.values()]
    for setting, choice in choices:
        answer = await stage.press_data(ann, menu, data(0, setting, choice), forged=True)
        assert answer is not None
        assert not answer.alert, (setting, choice)


# -- a group's


async def test_an_admin_chooses_for_a_group_in_private(stage: Stage, ann: User, chat: Chat) -> None:
    menu = await menu_of(stage, ann, chat)
    assert menu.text.splitlines() == [
        "⚙️ Settings of Squad",
        "",
        "🌐 Language: English",
        "🕐 Time zone: not chosen yet",
        "✨ Who makes groups: everybody",
        "📣 Who calls groups: everybody",
        "⏳ Between two calls of a group: 1 minute",
        "✋ Large calls to confirm first: over 25 people",
        "🏁 Calls take answers for: 2 hours",
        "✉️ Invitations wait: 7 days",
        "🎮 Members put people on the list: yes",
        "🕹 Say who starts what: no",
        "📰 News about me: yes",
    ]
    for setting, choice in (
        ("Language", "Русский"),
        ("New groups", "only admins"),
        ("Calling", "only admins"),
        ("Cool-down", "1 hour"),
        ("Large calls", "no calls"),
        ("End of calls", "30 minutes"),
        ("Invitations", "30 days"),
        ("The list", "no"),
        ("Who starts what", "yes"),
        ("News", "no"),
    ):
        assert await choose(stage, ann, menu, setting, choice) == "✓ Saved"
    assert await stage.parts.choices.of(chat.id) == Chosen(
        Language.RUSSIAN,
        ChatSettings(
            call_cooldown=timedelta(hours=1),
            confirm_above=500,
            call_open=timedelta(minutes=30),
            invitation_lifetime=timedelta(days=30),
            who_creates=Who.ADMINS,
            who_calls=Who.ADMINS,
            members_add=False,
            announcements=False,
            starts=True,
        ),
    )
    assert "📣 Who calls groups: only admins\n⏳ Between two calls of a group: 1 hour" in menu.text
    assert await stage.parts.languages.of(ann.id) is Language.ENGLISH, "the group's language is not hers"


@pytest.mark.parametrize("setting", [one for one in IN_GROUPS if one is not Setting.TIME_ZONE])
async def test_every_choice_for_a_group_can_be_made(stage: Stage, ann: User, chat: Chat, setting: Setting) -> None:
    menu = await menu_of(stage, ann, chat)
    for choice in CHOICES[setting]:
        answer = await stage.press_data(ann, menu, data(chat, setting, choice), forged=True)
        assert answer is not None
        assert not answer.alert
        await stage.press_data(ann, menu, data(chat, setting, "", "page"), forged=True)
        assert sum(button["text"].startswith("✓") for button in menu.buttons) == 1


async def test_two_admins_at_once_do_not_undo_each_other(stage: Stage, ann: User, boss: User, chat: Chat) -> None:
    anns, bosses = await menu_of(stage, ann, chat), await menu_of(stage, boss, chat)
    await stage.press(ann, anns, "Calling")
    await stage.press(boss, bosses, "The list")
    await stage.press(ann, anns, "only admins")
    await stage.press(boss, bosses, "no")
    assert (await stage.parts.choices.of(chat.id)).chat == ChatSettings(who_calls=Who.ADMINS, members_add=False)
    assert "📣 Who calls groups: only admins" in bosses.text


async def test_a_demoted_admin_changes_nothing_by_an_old_menu(stage: Stage, boss: User, chat: Chat) -> None:
    menu = await menu_of(stage, boss, chat)
    await stage.press(boss, menu, "Calling")
    stage.world.demote(boss, chat)
    before = menu.text
    for label in ("only admins", "Back"):
        answer = await stage.press(boss, menu, label)
        assert answer is not None
        assert (answer.text, answer.alert) == (ONLY_ADMINS, True)
    assert menu.text == before
    assert await stage.parts.choices.of(chat.id) == Chosen()


async def test_who_is_no_admin_sees_none(stage: Stage, bob: User, chat: Chat) -> None:
    refused = await stage.answer(bob, bob, f"/start settings_{chat.id}")
    assert refused.text.startswith("Only admins change the settings of a chat.")
    answer = await stage.press_data(bob, refused, data(chat, Setting.WHO_CALLS, "admins"), forged=True)
    assert answer is not None
    assert (answer.text, answer.alert) == (ONLY_ADMINS, True)
    assert await stage.parts.choices.of(chat.id) == Chosen()


async def test_a_stranger_is_told_nothing_of_a_group(stage: Stage, chat: Chat) -> None:
    eve = stage.world.add_user("Eve")
    refused = await stage.answer(eve, eve, f"/start settings_{chat.id}")
    assert "Squad" not in refused.text
    assert refused.text.startswith("I can't see you in that group.")


@pytest.mark.parametrize(
    "forged",
    [
        "st:set:{chat}:call:nobody",
        "st:set:{chat}:banter:no",
        "st:set:{chat}:zone:../../etc/passwd",
        "st:set:-100777:call:admins",
        "st:set:0:call:admins",
        "st:set:{bob}:news:no",
        "st:set:{chat}:cool:1e9",
    ],
)
async def test_forged_choices_change_nothing(stage: Stage, ann: User, bob: User, chat: Chat, forged: str) -> None:
    menu = await menu_of(stage, ann, chat)
    await stage.said(bob, bob, "/start")
    answer = await stage.press_data(ann, menu, forged.format(chat=chat.id, bob=bob.id), forged=True)
    assert answer is not None
    assert answer.alert
    for place in (chat.id, ann.id, bob.id):
        assert await stage.parts.choices.of(place) == Chosen()


async def test_a_menu_from_before_the_group_became_a_supergroup_serves_it(stage: Stage, ann: User) -> None:
    old = stage.world.add_group("Squad", [ann])
    stage.world.add_bot(old, ann)
    await stage.settle()
    menu = await menu_of(stage, ann, old)
    new = stage.world.migrate(old)
    await stage.settle()
    await choose(stage, ann, menu, "Calling", "only admins")
    assert (await stage.parts.choices.of(new.id)).chat.who_calls is Who.ADMINS


# -- in the group itself


async def shown_here(stage: Stage, user: User, chat: Chat) -> SimMessage:
    """Open the settings in the group, for one person."""
    offer = await stage.answer(user, chat, "/settings")
    await stage.press(user, offer, "Show me here")
    menu = stage.by_bot(chat)[-1]
    assert menu.receiver is user
    assert menu.text.startswith("⚙️ Settings of this chat")
    return menu


async def test_in_a_group_an_admin_opens_them_for_themselves_alone(
    stage: Stage, ann: User, bob: User, chat: Chat
) -> None:
    offer = await stage.answer(ann, chat, "/settings")
    assert offer.text.startswith("⚙️ Settings of this chat\nThey're for admins.")
    assert offer.buttons[1]["url"].endswith(f"?start=settings_{chat.id}")
    answer = await stage.press(bob, offer, "Show me here")
    assert answer is not None
    assert (answer.text, answer.alert) == (ONLY_ADMINS, True)
    assert stage.by_bot(chat)[-1] is offer

    menu = await shown_here(stage, ann, chat)
    assert await choose(stage, ann, menu, "Calling", "only admins") == "✓ Saved"
    assert "📣 Who calls groups: only admins" in menu.text
    assert (await stage.parts.choices.of(chat.id)).chat.who_calls is Who.ADMINS
    await stage.press(ann, menu, "Close")
    assert menu.deleted


async def test_the_language_of_a_group_counts_for_its_menu_at_once(stage: Stage, ann: User, chat: Chat) -> None:
    menu = await shown_here(stage, ann, chat)
    assert await choose(stage, ann, menu, "Language", "Deutsch") == "✓ Gespeichert"
    assert await stage.parts.languages.of(chat.id) is Language.GERMAN
    assert menu.text.startswith("⚙️ Einstellungen dieses Chats")


async def test_in_a_topic_they_stay_there(stage: Stage, ann: User) -> None:
    forum = await stage.group(ann, title="Forum", forum=True)
    topic = stage.world.open_topic(forum, "Raids")
    offer = await stage.answer(ann, forum, "/settings", thread_id=topic.id)
    await stage.press(ann, offer, "Show me here")
    assert stage.by_bot(forum)[-1].thread_id == topic.id


async def test_a_demoted_admin_changes_nothing_in_the_group_either(stage: Stage, boss: User, chat: Chat) -> None:
    menu = await shown_here(stage, boss, chat)
    await stage.press(boss, menu, "Calling")
    stage.world.demote(boss, chat)
    answer = await stage.press(boss, menu, "only admins")
    assert answer is not None
    assert (answer.text, answer.alert) == (ONLY_ADMINS, True)
    assert await stage.parts.choices.of(chat.id) == Chosen()


async def test_where_telegram_shows_nothing_to_one_person_they_are_opened_in_private(
    stage: Stage, ann: User, chat: Chat
) -> None:
    offer = await stage.answer(ann, chat, "/settings")
    stage.world.fail("sendMessage", "400", 1, description="Bad Request: method is not supported")
    answer = await stage.press(ann, offer, "Show me here")
    assert answer is not None
    assert (answer.text, answer.alert) == (
        "I can't show them to you alone here. Please open them in private.",
        True,
    )


async def test_who_is_no_admin_is_led_to_their_own(stage: Stage, bob: User, chat: Chat) -> None:
    refused = await stage.answer(bob, chat, "/settings")
    assert refused.text.startswith("Only admins change the settings of a chat.")
    assert refused.buttons[0]["url"].endswith("?start=settings")


async def test_an_anonymous_admin_opens_them_too(stage: Stage, ann: User, chat: Chat) -> None:
    offer = await stage.answer(ann, chat, "/settings", anonymous=True)
    await stage.press(ann, offer, "Show me here")
    menu = stage.by_bot(chat)[-1]
    assert menu.receiver is ann
    assert await choose(stage, ann, menu, "News", "no") == "✓ Saved"


async def test_an_ephemeral_command_is_answered_to_its_sender_alone(stage: Stage, ann: User, chat: Chat) -> None:
    for menu in menus():
        await stage.bot(menu)
    stage.world.say_to_bot(ann, chat, "/settings")
    await stage.settle()
    shown = stage.by_bot(chat)[-1]
    assert shown.receiver is ann
    assert await choose(stage, ann, shown, "News", "no") == "✓ Saved"


async def test_a_menu_that_everybody_would_see_is_never_made(stage: Stage, ann: User, chat: Chat) -> None:
    offer = await stage.answer(ann, chat, "/settings")
    before = offer.text
    for forged in (
        data(chat, Setting.ANNOUNCEMENTS, NO),
        data(0, Setting.ANNOUNCEMENTS, NO),
        data(chat, Setting.ANNOUNCEMENTS, "", "menu"),
    ):
        answer = await stage.press_data(ann, offer, forged, forged=True)
        assert answer is not None
        assert answer.alert
    assert offer.text == before
    assert await stage.parts.choices.of(chat.id) == Chosen() == await stage.parts.choices.of(ann.id)
