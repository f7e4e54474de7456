"""`python -m gub.healthy`: exit code 0 while the bot of this container answers at /healthz, 1 otherwise.

For container engines, whose images have no curl. Only Python's own library: it is run every half minute.
"""

import http.client
import os
import sys
from typing import Final
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

_SECONDS: Final = 3.0
_EVERYWHERE: Final = ("0.0.0.0", "[::]", "")  # noqa: S104 - where it listens, not where we do


def is_healthy(listen: str) -> bool:
    """Ask the bot that listens there (GUB_HTTP_LISTEN, `host:port`)."""
    host, _, port = listen.rpartition(":")
    host = "127.0.0.1" if host in _EVERYWHERE else host
    try:
        with build_opener(ProxyHandler({})).open(f"http://{host}:{port}/healthz", timeout=_SECONDS) as answer:
            return bool(answer.status == http.HTTPStatus.OK)
    except (URLError, OSError, ValueError, http.client.HTTPException):
        return False


if __name__ == "__main__":
    sys.exit(not is_healthy(os.environ.get("GUB_HTTP_LISTEN", "")))
