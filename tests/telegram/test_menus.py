"""Offering commands, in each language, where they are not offered yet."""

import asyncio

import pytest
from aiogram import Bot
from aiogram.types import BotCommandScopeAllChatAdministrators, BotCommandScopeAllGroupChats, BotCommandScopeChat

from gub.domain.languages import Language
from gub.domain.owners_wishes import OwnersWishes
from gub.domain.values import ChatFacts
from gub.sandbox.server import SimServer
from gub.sandbox.telegram.state import TEST_TOKEN
from gub.sandbox.telegram.world import World
from gub.services.languages import Languages
from gub.store.store import Store
from gub.telegram.gateway import GatewaySession, Pace, Retries
from gub.telegram.menus import offer_commands
from gub.telegram.views.menu import menus
from tests.support.clock import FakeClock
from tests.support.world import sim, world  # noqa: F401 - fixtures

_NOBODY = OwnersWishes()


@pytest.fixture
def world_clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def session(sim: SimServer, world_clock: FakeClock) -> GatewaySession:  # noqa: F811
    return GatewaySession(sim.url, world_clock, pace=Pace.unlimited(), retries=Retries(tries=1))


@pytest.fixture
def languages(store: Store, world_clock: FakeClock) -> Languages:
    return Languages(store, world_clock)


def _set(world: World) -> int:  # noqa: F811
    return sum(request.method == "setMyCommands" for request in world.requests)


async def test_every_scope_is_offered_its_commands_in_every_language_once(
    world: World,  # noqa: F811
    session: GatewaySession,
    languages: Languages,
):
    async with Bot(TEST_TOKEN, session=session) as bot:
        await offer_commands(bot, _NOBODY, languages)
        assert _set(world) == len(menus()) == 20
        for code in (None, "de", "es", "pt", "ru"):
            everybody = await bot.get_my_commands(scope=BotCommandScopeAllGroupChats(), language_code=code)
            admins = await bot.get_my_commands(scope=BotCommandScopeAllChatAdministrators(), language_code=code)
            assert {one.command for one in admins} - {one.command for one in everybody} == {"settings"}
            assert [one.command for one in admins if one.is_ephemeral] == ["settings"]
        await offer_commands(bot, _NOBODY, languages)
        assert _set(world) == 20, "what is set is not set again"
        await offer_commands(bot, OwnersWishes(donation_amounts=(50,)), languages)
        assert _set(world) == 30, "what changed is set: two scopes, in five languages"


async def test_a_refusal_is_no_failure(
    world: World,  # noqa: F811
    session: GatewaySession,
    languages: Languages,
):
    world.fail("setMyCommands", "400", 1)
    async with Bot(TEST_TOKEN, session=session) as bot:
        await offer_commands(bot, _NOBODY, languages)
        assert _set(world) == 1
        await offer_commands(bot, _NOBODY, languages)
        assert _set(world) == 21


async def test_owners_are_offered_what_is_theirs_in_their_language_and_one_who_never_came_stops_nothing(
    world: World,  # noqa: F811
    session: GatewaySession,
    languages: Languages,
    store: Store,
):
    owner = world.add_user("Olga")
    world.say(owner, owner, "/start")
    await store.chats.remember(ChatFacts(owner.id, "private"))
    await store.chats.set_language(owner.id, str(Language.GERMAN))
    wishes = OwnersWishes(frozenset([404, owner.id]))
    async with Bot(TEST_TOKEN, session=session) as bot:
        await offer_commands(bot, wishes, languages)
        own = await bot.get_my_commands(scope=BotCommandScopeChat(chat_id=owner.id))
    (english,) = [menu for menu in menus() if menu.scope and menu.scope.type == "default" and not menu.language_code]
    (german,) = [menu for menu in menus() if menu.scope and menu.scope.type == "default" and menu.language_code == "de"]
    assert [one.command for one in own] == [*(one.command for one in english.commands), "announce", "credentials"]
    assert [one.description for one in own][:5] == [one.description for one in german.commands][:5]


@pytest.mark.parametrize("donations", [True, False])
def test_donations_are_offered_where_they_are_taken_alone(*, donations: bool):
    offered = {one.command for menu in menus(donations=donations) for one in menu.commands}
    assert ("donate" in offered) is donations


async def test_several_workers_may_offer_them_at_once(
    world: World,  # noqa: F811
    session: GatewaySession,
    languages: Languages,
):
    async with Bot(TEST_TOKEN, session=session) as bot:
        await asyncio.gather(*(offer_commands(bot, _NOBODY, languages) for _ in range(3)))
        offered = _set(world)
        assert len(menus()) <= offered <= 3 * len(menus())
        await offer_commands(bot, _NOBODY, languages)
        assert _set(world) == offered, "what they left is what is offered"
