"""The log: one line a notable event on stderr, with ids and never message texts, for people or as JSON.

What ties lines together is bound where the work begins and is in every line of it, also of tasks that it starts and of
what the libraries say meanwhile: `update_id` while an update is handled, `job` in what goes on beside.
"""

import json
import logging
import re
import sys
import warnings
from collections.abc import Iterable
from typing import Any, Literal

import structlog

from gub.log_lines import Tame

# Below these levels the libraries print addresses with tokens, or documents with what people wrote.
_LIBRARY_FLOORS = {
    "aiogram": logging.WARNING,
    "aiohttp": logging.WARNING,
    "asyncio": logging.WARNING,
    "httpcore": logging.WARNING,
    "httpx": logging.WARNING,
    "pymongo": logging.WARNING,
}

_LOGIN = re.compile(r"(mongodb(?:\+srv)?://)[^/\s@]+@")
"""A database's address with a name and a password in it, such as the embedded one's."""

_TOLD = re.compile(
    r"""(?ix)
    ( \b (?: npsso | (?:device_)?code | (?:access_|refresh_|id_)?token | client_secret | (?:api_?)?key | RpsTicket )
        ["']? \s* [=:] \s* ["']?
    | \b (?: Bearer | Basic ) \s+
    | \b XBL3\.0 \s+ x= )
    (?= [^\s&"',}]* [0-9] ) [^\s&"',}]{16,}
    """
)
"""What nobody told us is secret and yet is, by the name that stands before it: in addresses, forms, headers, JSON."""


class Redactor:
    """Blots out given secrets wherever they stand in a text."""

    def __init__(self, secrets: Iterable[str]) -> None:
        """Take the secrets to hide, also as JSON and `repr` write them; empty ones are no secret."""
        written = [form for secret in secrets for form in (secret, json.dumps(secret)[1:-1], repr(secret)[1:-1])]
        self._secrets = sorted({form for form in written if form}, key=len, reverse=True)

    def clean(self, text: str) -> str:
        """Hide them in one text."""
        for secret in self._secrets:
            text = text.replace(secret, "[hidden]")
        return _TOLD.sub(r"\1[hidden]", _LOGIN.sub(r"\1[hidden]@", text))

    def last(self, _logger: Any, _method: str, line: str) -> str:
        """Hide them in a whole line: the last of structlog's processors, so that nothing gets past it."""
        return self.clean(line)


def configure(level: str, form: Literal["console", "json"], secrets: Iterable[str] = ()) -> None:
    """Send GUB's log, the libraries' and Python's warnings to stderr in one form. `level` is a name such as `info`."""
    redact = Redactor(secrets)
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    renderer: Any = (
        structlog.processors.JSONRenderer()
        if form == "json"
        else structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(),
            pad_event_to=32,
            exception_formatter=structlog.dev.plain_traceback,  # the pretty one shows variables, and so secrets
        )
    )
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    tame = Tame(redact.clean, for_people=form == "console")
    ending: list[Any] = [structlog.stdlib.ProcessorFormatter.remove_processors_meta, tame, renderer, redact.last]
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=ending))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for name, floor in _LIBRARY_FLOORS.items():
        logging.getLogger(name).setLevel(max(floor, root.level))
    warnings.showwarning = _warn


def _warn(message: Warning | str, category: type[Warning], *_where: Any, **_also: Any) -> None:
    structlog.get_logger("gub.warnings").warning(str(message), kind=category.__name__)
