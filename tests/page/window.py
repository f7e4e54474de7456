"""What a person does with the page."""

from playwright.async_api import ConsoleMessage, Locator, Page, Request, expect

from gub.sandbox.telegram.models import Chat, User


class Window:
    """One browser window on the sandbox. `problems` and `strange_requests` stay empty on a sound page."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.url = url
        self.problems: list[str] = []
        self.strange_requests: list[str] = []
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        page.on("console", self._hear)
        page.on("dialog", lambda dialog: self.problems.append(f"dialog: {dialog.message}"))
        page.on("request", self._see)

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.problems.append(message.text)

    def _see(self, request: Request) -> None:
        if not request.url.startswith((self.url, "data:")):
            self.strange_requests.append(request.url)

    async def open(self) -> None:
        await self.page.goto(self.url)
        await self.page.wait_for_selector("html[data-ready]")

    def by(self, name: str) -> Locator:
        return self.page.get_by_test_id(name)

    def message(self, message_id: int) -> Locator:
        return self.by(f"message-{message_id}")

    @property
    def composer(self) -> Locator:
        return self.by("composer")

    async def act_as(self, user: User) -> None:
        await self.by(f"person-{user.id}").click()
        await expect(self.by(f"person-{user.id}")).to_have_attribute("aria-checked", "true")

    async def open_chat(self, chat: Chat | int, title: str | None = None) -> None:
        chat_id, name = (chat, title) if isinstance(chat, int) else (chat.id, chat.title)
        await self.by(f"chat-{chat_id}").click()
        await expect(self.by("chat-title")).to_have_text(name or "GUB")

    async def say(self, text: str) -> None:
        await self.composer.fill(text)
        await self.composer.press("Enter")
        await expect(self.composer).to_have_value("")

    async def tab(self, name: str) -> None:
        await self.by(f"tab-{name}").click()
