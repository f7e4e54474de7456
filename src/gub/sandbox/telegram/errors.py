"""The two ways in which the simulated Telegram says no: to the bot, and to whoever plays a person."""

from typing import Any


class ApiError(Exception):
    """An answer of the Bot API with `ok: false`: HTTP code, Telegram's own text, and its `parameters`."""

    def __init__(self, code: int, description: str, parameters: dict[str, Any] | None = None) -> None:
        super().__init__(f"{code} {description}")
        self.code = code
        self.description = description
        self.parameters = parameters

    def body(self) -> dict[str, Any]:
        """Build the JSON object of the answer."""
        body: dict[str, Any] = {"ok": False, "error_code": self.code, "description": self.description}
        if self.parameters is not None:
            body["parameters"] = self.parameters
        return body


class WorldError(Exception):
    """A person tried what Telegram's clients would not let them do. The text says what to do instead."""


def bad_request(text: str, **parameters: Any) -> ApiError:
    """Refuse as Telegram does, with 400."""
    return ApiError(400, f"Bad Request: {text}", parameters or None)


def forbidden(text: str) -> ApiError:
    """Refuse as Telegram does, with 403."""
    return ApiError(403, f"Forbidden: {text}")


def too_many_requests(retry_after: int) -> ApiError:
    """Refuse as Telegram does under flood control (shape: tdlib/telegram-bot-api, Query.cpp)."""
    return ApiError(429, f"Too Many Requests: retry after {retry_after}", {"retry_after": retry_after})
