"""Who left a chat, as far as Telegram says."""

from collections.abc import AsyncIterator

import pytest
from aiogram import Bot

from gub.telegram.attendance import ASKED_AT_ONCE, Attendance
from gub.telegram.gateway import GatewaySession, Pace
from gub.telegram.members import Standing
from tests.support.clock import FakeClock
from tests.telegram.support import TOKEN, Server, Step, ok, refuse, serving

CHAT = -100


def member(status: str = "member") -> Step:
    more = {"until_date": 0} if status == "kicked" else {}
    return ok({"status": status, "user": {"id": 1, "is_bot": False, "first_name": "A"}} | more)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    async with serving() as server:
        yield server


@pytest.fixture
async def bot(server: Server, clock: FakeClock) -> AsyncIterator[Bot]:
    async with Bot(TOKEN, session=GatewaySession(server.base, clock, pace=Pace.unlimited())) as bot:
        yield bot


async def test_each_is_asked_about_once_in_ten_minutes(server: Server, bot: Bot, clock: FakeClock):
    attendance = Attendance(clock)
    server.script(member("left"))
    assert await attendance.absent(bot, CHAT, [1, 1]) == {1}
    server.script(member())
    assert await attendance.absent(bot, CHAT, [1, 2]) == {1}
    assert len(server.calls) == 2
    await clock.advance(601)
    server.script(member(), member())
    assert await attendance.absent(bot, CHAT, [1, 2]) == frozenset()
    attendance.seen(CHAT, 2, Standing.ABSENT)
    assert await attendance.absent(bot, CHAT, [2]) == {2}
    assert await attendance.absent(bot, CHAT, []) == frozenset()
    assert len(server.calls) == 4


async def test_d16_thirty_at_a_time(server: Server, bot: Bot, clock: FakeClock):
    attendance = Attendance(clock)
    server.otherwise = member("kicked")
    assert await attendance.absent(bot, CHAT, range(500)) == frozenset(range(ASKED_AT_ONCE))
    assert len(await attendance.absent(bot, CHAT, range(500))) == 2 * ASKED_AT_ONCE
    assert len(server.calls) == 2 * ASKED_AT_ONCE


async def test_a_chat_that_hides_its_members_is_not_asked_on(server: Server, bot: Bot, clock: FakeClock):
    server.otherwise = refuse(400, "Bad Request: member list is inaccessible")
    assert await Attendance(clock).absent(bot, CHAT, range(500)) == frozenset()
    assert len(server.calls) == 3


async def test_d17_one_of_whom_telegram_knows_nothing_does_not_hide_the_others(
    server: Server, bot: Bot, clock: FakeClock
):
    server.script(refuse(400, "Bad Request: PARTICIPANT_ID_INVALID"), member("left"), member("left"))
    server.otherwise = member("left")
    assert len(await Attendance(clock).absent(bot, CHAT, range(10))) == 9
    server.otherwise = refuse(400, "Bad Request: user not found")
    assert await Attendance(clock).absent(bot, CHAT, [1]) == {1}


async def test_no_answer_is_not_remembered(server: Server, bot: Bot, clock: FakeClock):
    attendance = Attendance(clock)
    server.script(refuse(403, "Forbidden: bot was blocked by the user", retry=1))
    server.otherwise = refuse(429, "Too Many Requests: retry after 9999", retry_after=9999)
    assert await attendance.absent(bot, CHAT, [1, 2]) <= {1}
    server.otherwise = member()
    assert 2 not in await attendance.absent(bot, CHAT, [2])
