"""What can be an online id, decided without asking PlayStation."""

import re
from typing import Final

from gub.domain.errors import AccountTextInvalid
from gub.domain.values import Platform

# Sony's sign-up asks for 3 to 16 letters, digits, hyphens and underscores, the first a letter. Whether that last is
# as old as all accounts is not known, so it is left to PlayStation. ASCII alone: look-alikes of other scripts are no
# online ids. `me`, which means our own account in an address, is too short to be taken for one.
_ONLINE_ID: Final = re.compile(r"[A-Za-z0-9_-]{3,16}")


def read_online_id(text: str) -> str:
    """Read an online id as somebody typed it, in their spelling; white space around it means nothing.

    Raises:
        AccountTextInvalid: no online id looks like this.
    """
    stripped = text.strip()
    if not _ONLINE_ID.fullmatch(stripped):
        raise AccountTextInvalid(Platform.PSN, text)
    return stripped
