"""Signing in by a code that is typed in on another device."""

import pytest

from gub.domain.errors import PlatformTrouble
from tests.services.credentials.conftest import APP, Platforms


async def test_a_typed_code_gives_a_proved_credential(platforms: Platforms) -> None:
    signing_in = platforms.sign_in()
    code = await signing_in.begin_device(APP)
    platforms.xbox.approve_device(code.user_code)
    credential = await signing_in.finish_device(APP, code)
    assert credential.tokens is not None
    assert credential.tokens.refresh_token
    assert code.device_code not in repr(code)


async def test_a_refused_code_ends_the_waiting(platforms: Platforms) -> None:
    signing_in = platforms.sign_in()
    code = await signing_in.begin_device(APP)
    platforms.xbox.refuse_device(code.user_code)
    with pytest.raises(PlatformTrouble) as caught:
        await signing_in.finish_device(APP, code)
    assert caught.value.reason == "credential_dead"


async def test_a_code_that_nobody_types_expires(platforms: Platforms) -> None:
    signing_in = platforms.sign_in()
    code = await signing_in.begin_device(APP)
    before = platforms.clock.monotonic()
    with pytest.raises(PlatformTrouble) as caught:
        await signing_in.finish_device(APP, code)
    assert caught.value.detail == "expired_token"
    assert platforms.clock.monotonic() - before <= code.expires_in + 60


async def test_a_microsoft_out_of_order_for_a_while_does_not_end_the_waiting(platforms: Platforms) -> None:
    signing_in = platforms.sign_in()
    code = await signing_in.begin_device(APP)
    platforms.xbox.approve_device(code.user_code)
    platforms.xbox.fail("503", where="login", times=4)
    credential = await signing_in.finish_device(APP, code)
    assert credential.tokens is not None
