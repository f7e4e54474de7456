"""Where a request goes: straight to the platform, or to the gateway that stands for all of them."""

import re
from typing import Final

# What can stand in a request line: visible ASCII. Whoever builds an address percent-encodes the rest.
_URL: Final = re.compile(r"https://([A-Za-z0-9.-]+(?::[0-9]{1,5})?)((?:[/?][!-~]*)?)")
_GATEWAY: Final = re.compile(r"(https?://(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?)((?:/[!-~]*)?)")


def _split(url: str) -> tuple[str, str]:
    match = _URL.fullmatch(url)
    if match is None or "#" in url:
        raise ValueError("not an https address that can be sent as it is")  # the address may hold a key: not shown
    host, target = match[1], match[2]
    return host, target if target.startswith("/") else f"/{target}"


def direct(url: str) -> tuple[str, bytes]:
    """Say where to connect for `https://HOST/PATH?QUERY`, and the request target to send there.

    Raises:
        ValueError: it is another kind of address, or holds what a request line cannot.
    """
    host, target = _split(url)
    return f"https://{host}/", target.encode("ascii")


class Gateway:
    """Stands for every platform: `https://HOST/PATH?QUERY` goes to `GATEWAY/HOST/PATH?QUERY`, byte for byte."""

    def __init__(self, address: str) -> None:
        """Take the setting PLATFORM_GATEWAY; a slash at its end means nothing.

        Raises:
            ValueError: it is no plain http or https address.
        """
        match = _GATEWAY.fullmatch(address.strip().rstrip("/"))
        if match is None or "?" in match[2] or "#" in match[2]:
            raise ValueError("the platform gateway must be a plain http or https address")
        self._origin, self._base = f"{match[1]}/", match[2]

    def route(self, url: str) -> tuple[str, bytes]:
        """Say where to connect and the request target, as `direct` does."""
        host, target = _split(url)
        return self._origin, f"{self._base}/{host}{target}".encode("ascii")
