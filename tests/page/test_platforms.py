"""The page's controls of the simulated Xbox Live and PlayStation Network."""

import pytest
from playwright.async_api import expect

from gub.sandbox.psn import Psn
from gub.sandbox.steam import Steam
from gub.sandbox.xbox import Xbox
from tests.page.window import Window

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.usefixtures("ana")]


async def test_an_xbox_and_a_playstation_are_set_with_the_panel(xbox: Xbox, psn: Psn, window: Window):
    nova = xbox.add_account("Nova Storm", state="online")
    bea = psn.add_account("bea_plays")
    await window.open()
    card = window.by("console-xbox-Nova Storm")
    await expect(card).to_contain_text("xbox:Nova Storm")
    await window.by("game-xbox-Nova Storm").fill("Halo Infinite")
    await window.by("game-xbox-Nova Storm").press("Enter")
    await expect(card.locator(".console-line")).to_have_text("playing Halo Infinite")
    await card.get_by_text("More").click()
    await window.by("device-xbox-Nova Storm").select_option("Win32")
    await window.by("oddity-xbox-Nova Storm").select_option("empty_names")
    await expect(window.by("oddity-xbox-Nova Storm")).to_have_value("empty_names")
    assert (nova.game, nova.device, nova.oddity) == ("Halo Infinite", "Win32", "empty_names")
    await window.by("state-psn-bea_plays").select_option("online")
    await expect(window.by("console-psn-bea_plays").locator(".console-line")).to_have_text("Online")
    await window.by("console-psn-bea_plays").get_by_text("More").click()
    await window.by("oddity-psn-bea_plays").select_option("private")
    await expect(window.by("console-psn-bea_plays")).to_have_class("card console console-private")
    assert (bea.state.value, bea.oddity) == ("online", "private")


async def test_one_platform_is_shown_alone(xbox: Xbox, psn: Psn, steam: Steam, window: Window):
    xbox.add_account("Nova Storm")
    psn.add_account("bea_plays")
    steam.add_account("Cem", vanity="cem")
    await window.open()
    cards = window.page.locator(".console")
    await expect(cards).to_have_count(3)
    await window.by("platform-psn").click()
    await expect(cards).to_have_count(1)
    await expect(cards).to_contain_text("bea_plays")
    await window.by("platform-psn").press("ArrowRight")
    await expect(cards).to_contain_text("Cem")
    await window.by("platform-all").click()
    await expect(cards).to_have_count(3)


async def test_accounts_are_added_on_every_platform(xbox: Xbox, psn: Psn, window: Window):
    await window.open()
    for platform, name in (("xbox", "Major#881"), ("psn", "bea_plays")):
        await window.by("account-platform").select_option(platform)
        await expect(window.by("account-vanity")).to_be_hidden()
        await window.by("account-name").fill(name)
        await window.by("account-add").click()
        await expect(window.by(f"console-{platform}-{name}")).to_be_visible()
    assert xbox.by_gamertag("Major881") is not None
    assert psn.by_online_id("BEA_plays") is not None


async def test_a_part_of_a_platform_fails(xbox: Xbox, psn: Psn, window: Window):
    await window.open()
    await window.tab("faults")
    faults = window.page.get_by_role("list", name="Faults to come").get_by_role("listitem")
    await window.by("fault-target").select_option("xbox")
    await window.by("fault-kind").select_option("xerr_233")
    await window.by("fault-add").click()
    await expect(faults).to_have_text(["Xbox, XSTS token: XErr 233: no Xbox profile, 1×"])
    await window.by("fault-target").select_option("psn")
    await window.by("fault-kind").select_option("slow")
    await window.by("fault-part").select_option("presence")
    await window.by("fault-seconds").fill("4")
    await window.by("fault-add").click()
    await expect(faults).to_have_count(2)
    fault = psn.faults.take("presence")
    assert fault is not None
    assert (fault.kind, fault.where, fault.delay) == ("slow", "presence", 4.0)
    await window.by("fault-clear").click()
    await expect(faults).to_have_count(0)
    assert (len(xbox.faults), len(psn.faults)) == (0, 0)


async def test_the_bots_sign_ins_are_ended(psn: Psn, window: Window):
    before = psn.tokens.npsso
    await window.open()
    await window.tab("faults")
    await expect(window.by("npsso")).to_have_text(before)
    await window.by("psn-expire_npsso").click()
    await expect(window.page.get_by_text("This NPSSO has expired")).to_be_visible()
    assert not psn.tokens.npsso_works
    await window.by("psn-new_npsso").click()
    await expect(window.by("npsso")).not_to_have_text(before)
    await expect(window.by("npsso")).to_have_text(psn.tokens.npsso)
