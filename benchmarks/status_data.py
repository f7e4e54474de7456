"""What is in the bot's database before the `/status` benchmarks begin: credentials, and groups with people."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

from benchmarks.players import account
from benchmarks.status_stage import Group, Pair, Signed, StatusStage
from gub.clock import Clock
from gub.domain.credentials import Tokens
from gub.domain.values import Platform
from gub.sandbox.psn import NPSSO
from gub.sandbox.steam import STEAM_KEY
from gub.sandbox.xbox import XBOX_CLIENT_ID, XBOX_CLIENT_SECRET
from gub.store.store import Store

DATABASE = "gub_status"
GROUP_SIZE = 15
_LIFE = timedelta(hours=1)
_REFRESH_LIFE = timedelta(days=60)


async def store_credentials(store: Store, signed: Signed, clock: Clock) -> None:
    """Sign the bot in beforehand."""
    now, kept = clock.now(), store.credentials
    await kept.set_xbox(XBOX_CLIENT_ID, XBOX_CLIENT_SECRET, _tokens(signed.xbox, clock), now)
    await kept.set_psn(NPSSO, _tokens(signed.psn, clock), now)
    await kept.set_steam_key(STEAM_KEY)


async def make_groups(store: Store, stage: StatusStage, number: int) -> list[Group]:
    """Make groups of 15 people, each with an account on every platform, none of them in two groups."""
    groups = [await stage.group(f"Group {index}") for index in range(number)]
    for index, group in enumerate(groups):
        await asyncio.gather(
            *(
                store.statususers.add(
                    group.chat_id,
                    group.keeper_id,
                    name_of(player),
                    {platform: account(platform, player) for platform in Platform},
                    group.title,
                )
                for player in players_of(index)
            )
        )
    return groups


def players_of(index: int) -> Sequence[int]:
    """Say who is in a group, by its place among the groups."""
    return range(index * GROUP_SIZE, (index + 1) * GROUP_SIZE)


def name_of(player: int) -> str:
    """Say what a player is called in their group."""
    return f"Player {player}"


def _tokens(pair: Pair, clock: Clock) -> Tokens:
    return Tokens(
        pair.access,
        pair.refresh,
        clock.now(),
        int(_LIFE.total_seconds()),
        int(_REFRESH_LIFE.total_seconds()),
    )
