"""The reference of `/status`: single calls at the simulators by a plain httpx client, each timed."""

import time
from collections.abc import Sequence
from typing import Any

import httpx

from benchmarks.players import account
from benchmarks.stage import TOKEN
from benchmarks.status_stage import Group, Signed, StatusStage
from gub.domain.values import Platform
from gub.sandbox.steam import STEAM_KEY


class PlainClient:
    """Asks about the same accounts as the bot, one platform at a time, and sends what the bot sent."""

    def __init__(self, http: httpx.AsyncClient, stage: StatusStage, signed: Signed) -> None:
        self._http = http
        self._stage = stage
        self._signed = signed

    async def presences(self, platform: Platform, players: Sequence[int]) -> float:
        """Ask about these players; give the seconds until the answer was read."""
        ids = [account(platform, number).account_id for number in players]
        match platform:
            case Platform.XBOX:
                return await self._timed(
                    "POST",
                    f"{self._stage.gateway}/userpresence.xboxlive.com/users/batch",
                    json={"users": ids, "level": "all", "onlineOnly": False},
                    headers={
                        "Authorization": self._signed.xsts,
                        "x-xbl-contract-version": "3",
                        "Accept": "application/json",
                        "Accept-Language": "en-US",
                    },
                )
            case Platform.PSN:
                path = "m.np.playstation.com/api/userProfile/v2/internal/users/basicPresences"
                return await self._timed(
                    "GET",
                    f"{self._stage.gateway}/{path}",
                    params={
                        "type": "primary",
                        "accountIds": ",".join(ids),
                        "platforms": "PS4,PS5,MOBILE_APP,PSPC",
                    },
                    headers={
                        "Authorization": f"Bearer {self._signed.psn.access}",
                        "Accept-Language": "en-US",
                        "Country": "US",
                    },
                )
            case Platform.STEAM:
                path = "api.steampowered.com/ISteamUser/GetPlayerSummaries/v2/"
                params = {"key": STEAM_KEY, "steamids": ",".join(ids)}
                return await self._timed("GET", f"{self._stage.gateway}/{path}", params=params)

    async def send(self, group: Group, text: str) -> float:
        """Send a message; give the seconds it took."""
        form = {"chat_id": str(group.chat_id), "text": text}
        return await self._timed("POST", f"{self._stage.url}/bot{TOKEN}/sendMessage", data=form)

    async def _timed(self, method: str, url: str, **request: Any) -> float:
        start = time.monotonic()
        response = await self._http.request(method, url, **request)
        response.raise_for_status()
        response.json()
        return time.monotonic() - start
