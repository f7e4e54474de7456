"""parse_mode: Telegram's HTML in full, MarkdownV2 without nesting of the same style."""

import re
from html import unescape
from html.parser import HTMLParser
from urllib.parse import parse_qs, urlsplit

from gub.sandbox.telegram.entities import utf16_length
from gub.sandbox.telegram.errors import bad_request
from gub.sandbox.telegram.models import Json

_TAGS = {
    "b": "bold", "strong": "bold", "i": "italic", "em": "italic", "u": "underline", "ins": "underline",
    "s": "strikethrough", "strike": "strikethrough", "del": "strikethrough", "tg-spoiler": "spoiler",
    "span": "spoiler", "code": "code", "pre": "pre", "a": "text_link", "blockquote": "blockquote",
}  # fmt: skip
_MARKS = {
    "*": "bold",
    "_": "italic",
    "__": "underline",
    "~": "strikethrough",
    "||": "spoiler",
    "`": "code",
    "```": "pre",
}
_TOKEN = re.compile(r"\\(.)|(```|`|__|_|\*|~|\|\||\[|\]\(([^)\s]*)\))|([>#+\-=|{}.!()\]])", re.DOTALL)


def parse_markup_text(text: str, mode: str) -> tuple[str, list[Json]]:
    """Turn marked-up text into plain text and entities. Legacy Markdown is not modelled."""
    match mode.lower():
        case "html":
            parser = _Html()
            parser.feed(text)
            parser.close()
            return parser.result()
        case "markdownv2":
            return _markdown(text)
    raise bad_request("unsupported parse_mode")


class _Html(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._text = ""
        self._open: list[tuple[str, int, Json]] = []
        self._entities: list[Json] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        kind, given = _TAGS.get(tag), dict(attrs)
        if kind is None or (tag == "span" and given.get("class") != "tg-spoiler"):
            raise bad_request(f'can\'t parse entities: Unsupported start tag "{tag}" at byte offset {self._bytes()}')
        details: Json = _link(given.get("href") or "") if tag == "a" else {"type": kind}
        if tag == "blockquote" and "expandable" in given:
            details = {"type": "expandable_blockquote"}
        self._open.append((tag, utf16_length(self._text), details))

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open[-1][0] != tag:
            raise bad_request(
                f'can\'t parse entities: Unmatched end tag at byte offset {self._bytes()}, found "</{tag}>"'
            )
        _, start, details = self._open.pop()
        length = utf16_length(self._text) - start
        if length:
            self._entities.append({"offset": start, "length": length, **details})

    def handle_data(self, data: str) -> None:
        self._text += data

    def result(self) -> tuple[str, list[Json]]:
        if self._open:
            raise bad_request(
                f"can't parse entities: Can't find end tag corresponding to start tag \"{self._open[-1][0]}\""
            )
        return self._text, sorted(self._entities, key=lambda e: (e["offset"], -e["length"]))

    def _bytes(self) -> int:
        line, column = self.getpos()
        return sum(len(part.encode()) + 1 for part in self.rawdata.split("\n")[: line - 1]) + column


def _markdown(text: str) -> tuple[str, list[Json]]:
    plain, last = "", 0
    opened: list[tuple[str, int]] = []
    entities: list[Json] = []
    for match in _TOKEN.finditer(text):
        plain += text[last : match.start()]
        last = match.end()
        escaped, mark, url, reserved = match.groups()
        in_code = bool(opened) and opened[-1][0] in ("`", "```")
        here = utf16_length(plain)
        if escaped is not None:
            plain += escaped
        elif reserved is not None or (in_code and mark != opened[-1][0]):
            if not in_code:
                raise bad_request(
                    f"can't parse entities: Character '{reserved}' is reserved and must be escaped "
                    "with the preceding '\\'"
                )
            plain += match.group()
        elif mark == "[":
            opened.append(("[", here))
        elif url is not None:
            start = _close(opened, "[")
            entities.append({"offset": start, "length": here - start, **_link(url)})
        elif opened and opened[-1][0] == mark:
            start = _close(opened, mark)
            entities.append({"offset": start, "length": here - start, "type": _MARKS[mark]})
        else:
            opened.append((mark, here))
    if opened:
        raise bad_request(f"can't parse entities: Can't find end of {_MARKS.get(opened[-1][0], 'a link')} entity")
    return plain + text[last:], sorted((e for e in entities if e["length"]), key=lambda e: (e["offset"], -e["length"]))


def _close(opened: list[tuple[str, int]], mark: str) -> int:
    if not opened or opened[-1][0] != mark:
        raise bad_request("can't parse entities: Can't find start of the entity")
    return opened.pop()[1]


def _link(url: str) -> Json:
    parts = urlsplit(unescape(url))
    if parts.scheme == "tg" and parts.netloc == "user":
        number = parse_qs(parts.query).get("id", [""])[0]
        if number.isdecimal():
            return {"type": "text_mention", "user_id": int(number)}
    return {"type": "text_link", "url": url}
