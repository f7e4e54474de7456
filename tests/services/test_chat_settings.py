"""What chats and people choose, and what their choices forbid."""

import asyncio
from datetime import timedelta

import pytest

from gub.domain.choices import CHOICES, IN_GROUPS, IN_PRIVATE, NO, YES, Setting
from gub.domain.errors import AdminsOnly
from gub.domain.languages import Language
from gub.domain.values import ChatFacts, ChatSettings, KnownUser, Who
from gub.services.chat_settings import Choices, Chosen
from gub.services.languages import Languages
from gub.store.store import Store
from tests.support.clock import FakeClock

GROUP, ANN = -1001, 1

LAST = {setting: choices[-1] for setting, choices in CHOICES.items()} | {
    Setting.TIME_ZONE: "Asia/Tokyo",
    Setting.STARTS: YES,
}


@pytest.fixture
def languages(store: Store) -> Languages:
    return Languages(store, FakeClock())


@pytest.fixture
async def choices(store: Store, languages: Languages) -> Choices:
    await store.chats.remember(ChatFacts(GROUP, "supergroup", "Squad"))
    await store.chats.remember(ChatFacts(ANN, "private"))
    await store.users.learn([KnownUser(ANN, "Ann")])
    return Choices(store, languages)


async def test_nothing_chosen_is_the_defaults(choices: Choices) -> None:
    assert await choices.of(GROUP) == Chosen() == await choices.of(ANN)


async def test_everything_chosen_for_a_group_at_once_is_kept(choices: Choices, languages: Languages) -> None:
    assert all(await asyncio.gather(*(choices.choose(GROUP, setting, LAST[setting]) for setting in IN_GROUPS)))
    assert await choices.of(GROUP) == Chosen(
        Language.RUSSIAN,
        ChatSettings(
            call_cooldown=timedelta(hours=1),
            confirm_above=500,
            call_open=timedelta(hours=12),
            invitation_lifetime=timedelta(days=30),
            who_creates=Who.ADMINS,
            who_calls=Who.ADMINS,
            members_add=False,
            announcements=False,
            time_zone="Asia/Tokyo",
            starts=True,
        ),
        "Asia/Tokyo",
    )
    assert await languages.of(GROUP) is Language.RUSSIAN
    assert await choices.of(ANN) == Chosen()


async def test_everything_chosen_by_a_person_at_once_is_kept(choices: Choices) -> None:
    assert all(await asyncio.gather(*(choices.choose(ANN, setting, LAST[setting]) for setting in IN_PRIVATE)))
    assert await choices.of(ANN) == Chosen(
        Language.RUSSIAN, ChatSettings(announcements=False), "Asia/Tokyo", banter=False
    )


@pytest.mark.parametrize("setting", list(Setting))
async def test_choosing_one_changes_one(choices: Choices, setting: Setting) -> None:
    place = GROUP if setting in IN_GROUPS else ANN
    assert await choices.choose(place, setting, LAST[setting])
    chosen = await choices.of(place)
    changed = {
        name for name in ChatSettings.__slots__ if getattr(chosen.chat, name) != getattr(ChatSettings(), name)
    } - {"time_zone"}
    changed |= {
        name for name in ("language", "time_zone", "banter") if getattr(chosen, name) != getattr(Chosen(), name)
    }
    assert len(changed) == 1


async def test_what_is_no_choice_changes_nothing(choices: Choices) -> None:
    assert not await choices.choose(GROUP, Setting.BANTER, NO)
    assert not await choices.choose(ANN, Setting.WHO_CALLS, "admins")
    assert not await choices.choose(GROUP, Setting.COOLDOWN, "-1")
    assert not await choices.choose(GROUP, Setting.TIME_ZONE, "../../etc")
    assert not await choices.choose(-77, Setting.WHO_CALLS, "admins"), "of a chat that is not kept, nothing is"
    assert not await choices.choose(-77, Setting.LANGUAGE, "de")
    assert await choices.of(GROUP) == Chosen() == await choices.of(ANN) == await choices.of(-77)


@pytest.mark.parametrize(
    ("setting", "choice", "action"),
    [
        (Setting.WHO_CREATES, "admins", "create"),
        (Setting.WHO_CALLS, "admins", "call"),
        (Setting.MEMBERS_ADD, NO, "add"),
    ],
)
async def test_only_admins_do_what_a_chat_keeps_to_them(
    choices: Choices, setting: Setting, choice: str, action: str
) -> None:
    await choices.require(GROUP, action, is_admin=False)
    await choices.choose(GROUP, setting, choice)
    assert [one for one in ("create", "call", "add") if await choices.restricts(GROUP, one)] == [action]
    await choices.require(GROUP, action, is_admin=True)
    with pytest.raises(AdminsOnly) as refused:
        await choices.require(GROUP, action, is_admin=False)
    assert refused.value.action == action


async def test_in_private_nothing_is_kept_to_anybody(choices: Choices) -> None:
    assert not await choices.restricts(ANN, "add")


async def test_what_a_group_chose_holds_by_the_id_it_had_before(choices: Choices, store: Store) -> None:
    await store.chats.remember(ChatFacts(-5, "group", "Old"))
    await choices.choose(-5, Setting.WHO_CREATES, "admins")
    await store.life.migrate(-5, -1002)
    assert await choices.restricts(-5, "create")
    assert await choices.restricts(-1002, "create")
