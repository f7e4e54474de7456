"""The page as a page: hostile names, the keyboard, a phone, a sandbox that goes away, people who cannot see it."""

from typing import Literal

import pytest
from playwright.async_api import Browser, expect

from gub.clock import SystemClock
from gub.sandbox.server import SimServer
from gub.sandbox.steam import Steam
from gub.sandbox.telegram import World
from gub.sandbox.telegram.models import Chat, User
from tests.page.window import Window
from tests.support.world import Api

pytestmark = pytest.mark.asyncio(loop_scope="session")

HOSTILE = "<img src=x onerror=alert(1)>"
TURNING = "\u202egnp.exe</b>"

UNNAMED = """
() => [...document.querySelectorAll("button, input, select, textarea, a, [role=log], [tabindex='0']")]
  .filter((node) => node.checkVisibility())
  .filter((node) => !(node.getAttribute("aria-label") || node.labels?.length || node.innerText?.trim() || node.title))
  .map((node) => node.outerHTML.slice(0, 120))
"""

# Contrast of each visible text against the nearest opaque background, by WCAG 2.
FAINT = """
() => {
  const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const parse = (color) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = color;
    canvas.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
    return { rgb: [r, g, b], a: a / 255 };
  };
  const light = (rgb) => {
    const [r, g, b] = rgb.map((c) => c / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (node) => {
    const layers = [];
    for (let one = node; one; one = one.parentElement) {
      const style = getComputedStyle(one);
      if (style.backgroundImage.includes("gradient")) return null;
      const color = parse(style.backgroundColor);
      if (color.a > 0) layers.push(color);
      if (color.a === 1) break;
    }
    const over = (below, { rgb, a }) => rgb.map((c, i) => c * a + below[i] * (1 - a));
    return layers.reverse().reduce(over, [255, 255, 255]);
  };
  const faint = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode.parentElement;
    const text = walker.currentNode.data.trim();
    if (!text || !node.checkVisibility()) continue;
    if (node.closest("noscript, option, :disabled, .skip-link, .visually-hidden")) continue;
    const back = behind(node);
    if (!back) continue;
    const [one, other] = [light(parse(getComputedStyle(node).color).rgb), light(back)].sort((a, b) => b - a);
    const ratio = (one + 0.05) / (other + 0.05);
    if (ratio < 4.5) faint.push(`${ratio.toFixed(2)} ${node.className}: ${text.slice(0, 40)}`);
  }
  return faint;
}
"""


async def test_hostile_text_stays_text(world: World, steam: Steam, api: Api, window: Window):
    zed = world.add_user(HOSTILE, last_name=TURNING)
    ana = world.add_user("Ana")
    group = world.add_group(HOSTILE, [zed, ana], with_bot=True)
    steam.add_account(HOSTILE, vanity="x_x", game=HOSTILE)
    world.say(zed, group, f"<script>alert(1)</script> {TURNING}")
    text = f"{HOSTILE} called"
    markup = {
        "inline_keyboard": [
            [{"text": HOSTILE, "callback_data": HOSTILE}, {"text": "x", "url": "https://example.com/'?x=<b>"}]
        ]
    }
    entities = [
        {"type": "text_mention", "offset": 0, "length": 28, "user": {"id": zed.id, "is_bot": False, "first_name": "Z"}},
        {"type": "text_link", "offset": 29, "length": 6, "url": "tg://user?id=1&x=<b>"},
    ]
    sent = await api("sendMessage", chat_id=group.id, text=text, entities=entities, reply_markup=markup)
    await window.open()
    await window.act_as(zed)
    await window.open_chat(group)
    await expect(window.message(sent["message_id"])).to_contain_text(text)
    await expect(window.page.locator(".service").first).to_contain_text(HOSTILE)
    await window.by(f"keyboard-{sent['message_id']}").get_by_role("button", name=HOSTILE).click()
    await world.wait_for(lambda: world.queries)
    (query,) = world.queries
    await api("answerCallbackQuery", callback_query_id=query, text=HOSTILE, show_alert=True)
    await expect(window.by("alert")).to_contain_text(HOSTILE)
    await window.page.keyboard.press("Escape")
    for tab in ("consoles", "group", "faults", "bot"):
        await window.tab(tab)
    await window.act_as(ana)
    assert await window.page.locator("#app img, #app script, #app b, dialog img, #toasts img").count() == 0
    own = await window.page.evaluate("document.scripts.length")
    assert own == 1


@pytest.mark.usefixtures("ana")
async def test_the_policy_lets_nothing_in_from_outside(window: Window):
    await window.open()
    policy = await window.page.locator("meta[http-equiv]").get_attribute("content")
    assert policy is not None
    assert "default-src 'none'" in policy
    refused = await window.page.evaluate(
        "fetch('https://example.com/').then(() => false, () => true).then((refused) => refused)"
    )
    assert refused
    window.problems.clear()  # the browser writes the refusal into its console


@pytest.mark.usefixtures("squad")
async def test_everything_by_keyboard(ana: User, window: Window):
    await window.open()
    page = window.page
    await page.keyboard.press("Tab")
    await expect(page.locator(".skip-link")).to_be_focused()
    await page.keyboard.press("Tab")
    await expect(window.by(f"person-{ana.id}")).to_be_focused()
    await page.keyboard.press("ArrowDown")
    await expect(window.by("person-1002")).to_have_attribute("aria-checked", "true")
    await expect(window.by("person-1002")).to_be_focused()
    await page.keyboard.press("Tab")
    await page.keyboard.press("Home")
    await expect(window.by("chat-1002")).to_be_focused()
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await expect(window.by("chat-title")).to_have_text("Friday Squad")
    await page.keyboard.press("Alt+1")
    await expect(window.by(f"person-{ana.id}")).to_have_attribute("aria-checked", "true")
    await window.by("tab-consoles").focus()
    await page.keyboard.press("ArrowRight")
    await expect(window.by("tab-group")).to_have_attribute("aria-selected", "true")
    await expect(window.by("tab-group")).to_be_focused()
    focused = await page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert focused == "solid"


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_everything_has_a_name_and_can_be_read(
    api: Api, steam: Steam, squad: Chat, window: Window, scheme: Literal["light", "dark"]
):
    steam.add_account("Player One", vanity="player1", game="Dota 2")
    steam.fail("slow", times=2)
    markup = {
        "inline_keyboard": [
            [{"text": "Join", "callback_data": "1", "style": "success"}],
            [{"text": "Leave", "callback_data": "2", "style": "danger"}, {"text": "Later", "callback_data": "3"}],
        ]
    }
    await api("sendMessage", chat_id=squad.id, text="@ana come", reply_markup=markup)
    await window.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    await window.open()
    await window.open_chat(squad)
    await window.say("/status @bea_plays https://example.com")
    for tab in ("consoles", "group", "faults", "bot"):
        await window.tab(tab)
        for script in (UNNAMED, FAINT):
            found = await window.page.evaluate(script)
            assert not found, "\n".join(found)


async def test_on_a_phone(chromium: Browser, sim: SimServer, world: World, squad: Chat):
    context = await chromium.new_context(viewport={"width": 390, "height": 844}, has_touch=True)
    window = Window(await context.new_page(), sim.url)
    await window.open()
    await expect(window.composer).to_be_hidden()
    world.say(1002, squad, "hello")
    await expect(window.by(f"chat-{squad.id}").get_by_label("1 unread")).to_be_visible()
    await window.open_chat(squad)
    await expect(window.page.locator("#chats")).to_be_hidden()
    await window.say("hi")
    await expect(window.page.locator("article.message-own")).to_be_in_viewport()
    wide = await window.page.evaluate("document.documentElement.scrollWidth > innerWidth")
    assert not wide
    await window.by("panel-toggle").click()
    await expect(window.by("tab-consoles")).to_be_visible()
    await window.page.get_by_role("button", name="Close the controls").click()
    await window.page.get_by_role("button", name="Back to the chats").click()
    await expect(window.by(f"chat-{squad.id}")).to_be_visible()
    await expect(window.by(f"chat-{squad.id}").get_by_label("1 unread")).to_have_count(0)
    assert window.problems == []
    await context.close()


@pytest.mark.usefixtures("ana")
async def test_a_sandbox_that_goes_away_and_comes_back(sim: SimServer, window: Window):
    await window.open()
    port = sim.port
    await sim.aclose()
    offline = window.page.locator("#offline")
    await expect(offline).to_be_visible()
    world = World(SystemClock())
    world.add_user("Ben")
    group = world.add_group("New Squad", [1001, world.add_user("Bea")])
    async with SimServer(world, port=port):
        await expect(offline).to_be_hidden(timeout=20_000)
        await expect(window.page.locator("#rail")).to_contain_text("Ben")
        world.add_user("Cleo")
        await expect(window.page.locator("#rail")).to_contain_text("Cleo")
        await window.open_chat(1001)
        world.say(1002, group, "hello")  # its ids are lower than those that were read in the other world
        await expect(window.by(f"chat-{group.id}").get_by_label("1 unread")).to_be_visible()
        window.problems.clear()  # the browser writes lost connections into its console
        await window.page.close()
