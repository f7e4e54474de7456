"""Scripted failures of the Bot API."""

from dataclasses import asdict, dataclass, field

from gub.sandbox.telegram.errors import ApiError, WorldError, too_many_requests
from gub.sandbox.telegram.models import Json

KINDS = {
    "429": "flood control with retry_after",
    "429_plain": "flood control that does not say for how long",
    "502_html": "a proxy's HTML page instead of JSON",
    "500": "an internal error of Telegram's server",
    "401": "the token is not accepted",
    "400": "a refusal with `description`",
    "403": "a refusal with `description`",
    "409": "a conflict with `description`",
    "drop_before": "the connection is cut and nothing was done",
    "drop_after": "the connection is cut after it was done",
    "slow": "done after `delay` seconds",
    "slow_after": "done at once, answered after `delay` seconds",
    "garbage": "an answer that is not JSON though it says so",
}

_REFUSALS = {
    "429_plain": (429, "Too Many Requests"),
    "500": (500, "Internal Server Error"),
    "401": (401, "Unauthorized"),
    "400": (400, "Bad Request: invalid request"),
    "403": (403, "Forbidden"),
    "409": (409, "Conflict"),
}


@dataclass(slots=True)
class Fault:
    """A failure to come: for `times` calls (-1: until cleared) of `method` (`*`: any), in `chat_id` if given."""

    method: str
    kind: str
    times: int = 1
    retry_after: int = 1
    delay: float = 5.0
    description: str | None = None
    chat_id: int | None = None
    hits: int = field(default=0)

    def matches(self, method: str, chat_id: str) -> bool:
        """Whether this call is to fail."""
        if self.chat_id is not None and str(self.chat_id) != chat_id:
            return False
        return self.method in ("*", method) or self.method.lower() == method.lower()

    def error(self) -> ApiError | None:
        """Build the refusal, for the kinds that are one."""
        if self.kind == "429":
            return too_many_requests(self.retry_after)
        default = _REFUSALS.get(self.kind)
        if default is None:
            return None
        code, text = default
        return ApiError(code, self.description or text)


class FaultBox:
    """The failures to come, oldest first."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []

    def add(self, fault: Fault) -> None:
        """Let calls fail from now on. WorldError for a kind that does not exist."""
        if fault.kind not in KINDS:
            raise WorldError(f"There is no fault {fault.kind!r}. Choose one of: {', '.join(KINDS)}.")
        if fault.times == 0:
            raise WorldError("times must be positive, or -1 for: until cleared.")
        self._faults.append(fault)

    def take(self, method: str, chat_id: str) -> Fault | None:
        """Use up one failure for this call, if one is due."""
        for fault in self._faults:
            if fault.matches(method, chat_id):
                fault.hits += 1
                fault.times -= 1 if fault.times > 0 else 0
                if fault.times == 0:
                    self._faults.remove(fault)
                return fault
        return None

    def clear(self) -> None:
        """Forget all failures to come."""
        self._faults.clear()

    def state(self) -> list[Json]:
        """Show what is to come."""
        return [{"target": "telegram", **asdict(fault)} for fault in self._faults]
