"""What people write about a notify group: text of any script on a few lines, shown to the whole chat."""

from gub.domain.errors import BadDescription
from gub.domain.limits import DESCRIPTION_UNITS
from gub.domain.names import seen_part, visible_length
from gub.domain.splitting import utf16_length


def clean_description(text: str) -> str:
    """Give the description as it is kept: without what cannot be seen or bends the text around it, or empty lines.

    Raises:
        BadDescription: it is too long, or nothing of it can be seen.
    """
    # `seen_part` knows one line: a line break is no more seen than other control characters.
    seen = (" ".join(seen_part(" ".join(line.split())).split()) for line in text.splitlines())
    description = "\n".join(line for line in seen if line)
    if not visible_length(description) or utf16_length(description) > DESCRIPTION_UNITS:
        raise BadDescription
    return description
