import json
from typing import Any
from urllib.parse import quote

import pytest

from gub.domain.errors import AccountTextInvalid
from gub.domain.values import Account, Platform
from gub.platforms.errors import Malformed, NotFound, PlatformError, RateLimited, Unavailable
from gub.platforms.xbox import XboxClient
from tests.platforms.clocks import SkippingClock
from tests.platforms.server import Server, answer
from tests.platforms.xbox_answers import NOVA, ORBIT, THIRD, Xbox, profile, xerr


async def test_the_request_is_the_documented_one(server: Server, xbox_client: XboxClient, xbox: Xbox) -> None:
    xbox.profiles = [profile(NOVA, "Nova Storm")]
    assert await xbox_client.look_up(" nova  STORM ") == Account(Platform.XBOX, NOVA, "Nova Storm")
    seen = server.seen[-1]
    assert seen.method == "GET"
    assert seen.target == (
        "/platforms/profile.xboxlive.com/users/gt(nova%20STORM)/profile/settings"
        "?settings=Gamertag,ModernGamertag,ModernGamertagSuffix,UniqueModernGamertag"
    )
    assert seen.headers["x-xbl-contract-version"] == "3"
    assert seen.headers["authorization"].startswith("XBL3.0 x=SECRET-uhs;SECRET-xsts")


async def test_a_suffix_is_asked_for_in_the_classic_form(server: Server, xbox_client: XboxClient, xbox: Xbox) -> None:
    xbox.profiles = [profile(NOVA, "Nova1234", "Nova", "1234")]
    assert await xbox_client.look_up("nova#1234") == Account(Platform.XBOX, NOVA, "Nova#1234")
    assert "/users/gt(nova1234)/" in server.seen[-1].target
    assert xbox.counts["search"] == 0


async def test_the_classic_form_may_be_somebody_elses_gamertag(xbox_client: XboxClient, xbox: Xbox) -> None:
    xbox.profiles = [
        profile(NOVA, "Nova1234"),
        profile(ORBIT, "VIPGamer77", "Nova", "1234"),
        profile(THIRD, "Nova99", "Nova", "99"),
    ]
    xbox.suggestions = [THIRD, ORBIT, NOVA]
    assert await xbox_client.look_up("Nova#1234") == Account(Platform.XBOX, ORBIT, "Nova#1234")
    xbox.suggestions = [THIRD, NOVA]
    with pytest.raises(NotFound):
        await xbox_client.look_up("Nova#1234")
    xbox.suggestions = []
    with pytest.raises(NotFound):
        await xbox_client.look_up("Nova#1234")


async def test_a_modern_name_of_another_alphabet_is_searched_for(
    server: Server, xbox_client: XboxClient, xbox: Xbox
) -> None:
    xbox.profiles = [profile(ORBIT, "VIPGamer77", "Ñandú", "9"), profile(NOVA, "VIPGamer78", "Ñandú")]
    xbox.suggestions = [ORBIT, NOVA]
    assert await xbox_client.look_up("ñandú") == Account(Platform.XBOX, NOVA, "Ñandú")
    by_name, search, batch = server.seen[-3:]
    assert f"/users/gt({quote('ñandú')})/" in by_name.target
    assert search.target == f"/platforms/usersearch.xboxlive.com/suggest?q={quote('ñandú')}"
    assert search.headers["x-xbl-contract-version"] == "1"
    assert (batch.method, batch.target) == ("POST", "/platforms/profile.xboxlive.com/users/batch/profile/settings")
    assert json.loads(batch.body)["userIds"] == [ORBIT, NOVA]


async def test_a_plain_gamertag_that_nobody_has_is_not_searched_for(xbox_client: XboxClient, xbox: Xbox) -> None:
    xbox.suggestions = [NOVA]
    with pytest.raises(NotFound):
        await xbox_client.look_up("Nova Storn")
    assert xbox.counts["search"] == 0


@pytest.mark.parametrize("text", ["a/b?x=1", "100%", "", "Nova#", "Nova\r\nX: y"])
async def test_what_cannot_be_a_gamertag_is_not_asked_about(server: Server, xbox_client: XboxClient, text: str) -> None:
    with pytest.raises(AccountTextInvalid):
        await xbox_client.look_up(text)
    assert server.seen == []


@pytest.mark.parametrize(
    ("part", "reply", "error"),
    [
        ("profile", answer(401), Unavailable),
        ("profile", answer(429, {"limitType": "rate"}), RateLimited),
        ("profile", answer(429, Retry_After="100"), RateLimited),
        ("profile", answer(500), Unavailable),
        ("profile", answer(503, "<html>"), Unavailable),
        ("profile", answer(403, {"code": 1029}), Unavailable),
        ("profile", answer(400, {"code": 8}), Malformed),
        ("profile", answer(200, "<html>"), Malformed),
        ("profile", answer(200, {"profileUsers": [{"settings": []}]}), Malformed),
        ("profile", None, Unavailable),
        ("xsts", answer(500), Unavailable),
        ("xsts", xerr(2148916237), Unavailable),
        ("user", answer(429, Retry_After="100"), RateLimited),
        ("login", answer(500), Unavailable),
        ("search", answer(500), Unavailable),
        ("search", answer(200, {"results": {}}), Malformed),
        ("search", answer(404), Malformed),
    ],
)
async def test_d64_a_look_up_that_fails_is_no_success(
    xbox_client: XboxClient, xbox: Xbox, part: str, reply: bytes | None, error: type[PlatformError]
) -> None:
    if part != "search":
        xbox.profiles = [profile(NOVA, "Nova1", "Nova", "1")]
    xbox.always[part] = reply
    with pytest.raises(error) as caught:
        await xbox_client.look_up("Nova#1")
    assert type(caught.value).reason == error.reason


@pytest.mark.parametrize(
    "document",
    [
        {"profileUsers": []},
        {"profileUsers": [{"id": NOVA, "settings": None}]},
        {"profileUsers": [{"id": NOVA, "settings": [None, 7, {"id": []}, {"id": "Gamertag", "value": 7}]}]},
        {"profileUsers": [None, {"id": NOVA}]},
    ],
)
async def test_a_profile_without_readable_names_has_its_xuid_for_a_name(
    xbox_client: XboxClient, xbox: Xbox, document: Any
) -> None:
    xbox.always["profile"] = answer(200, document)
    if not document["profileUsers"]:
        with pytest.raises(NotFound):
            await xbox_client.look_up("Nova")
    else:
        assert await xbox_client.look_up("Nova") == Account(Platform.XBOX, NOVA, NOVA)


async def test_the_modern_name_is_composed_when_only_its_parts_are_told(xbox_client: XboxClient, xbox: Xbox) -> None:
    told = profile(NOVA, "Nova12", "Nova", "12")
    told["settings"] = told["settings"][:3]
    xbox.profiles = [told]
    assert (await xbox_client.look_up("Nova#12")).name == "Nova#12"
    told["settings"] = told["settings"][:1]
    assert (await xbox_client.look_up("Nova12")).name == "Nova12"


async def test_a_look_up_is_given_up_while_somebody_still_waits(
    xbox_client: XboxClient, xbox: Xbox, clock: SkippingClock
) -> None:
    xbox.always["profile"] = answer(429)
    with pytest.raises(RateLimited):
        await xbox_client.look_up("Nova")
    assert clock.monotonic() <= 8.0


async def test_look_ups_stay_within_what_a_profile_service_allows(
    xbox_client: XboxClient, xbox: Xbox, clock: SkippingClock
) -> None:
    xbox.profiles = [profile(NOVA, "Nova")]
    for _ in range(10):
        await xbox_client.look_up("Nova")
    with pytest.raises(RateLimited):  # ten in any fifteen seconds
        await xbox_client.look_up("Nova")
    await clock.advance(15)
    for _ in range(15):
        await clock.advance(2)
        await xbox_client.look_up("Nova")
    await clock.advance(15)
    with pytest.raises(RateLimited):
        await xbox_client.look_up("Nova")
    assert xbox.counts["profile"] == 25
