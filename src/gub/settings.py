"""All configuration, typed: environment variables with the prefix GUB_, also read from `.env`.

docs/operations.md lists them for people. Every problem is found and said at once; no value is ever printed back,
since it may be a secret.
"""

import difflib
import io
import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Literal, NamedTuple
from urllib.parse import unquote, urlsplit

import platformdirs
from dotenv.parser import parse_stream
from pydantic import BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, NoDecode, PydanticBaseSettingsSource, SettingsConfigDict

PREFIX = "GUB_"
_TEST_PREFIX = "GUB_TEST_"
_PORT_MAX = 65535
_SECRET_MIN = 4
_SUPPORT_TEXT_MAX = 1500
_SUPPORT_LINKS_MAX = 8
_LABEL_MAX = 40
_AMOUNTS_MAX = 8
_STARS_MAX = 10_000
_POLL_MIN = 5
_POLL_MAX = 600


class ConfigurationError(Exception):
    """The configuration cannot be used. `problems` has one line for each thing to mend."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


class Address(NamedTuple):
    """Where a server of ours listens."""

    host: str
    port: int


class SupportLink(NamedTuple):
    """A button under /support, and where it leads."""

    label: str
    url: str


def _token(value: str) -> str:
    if not re.fullmatch(r"[0-9]{3,20}:[A-Za-z0-9_-]{3,100}", value):
        raise ValueError("is not a bot token; @BotFather gives one that looks like 123456:AbC-xyz")
    return value


def _owner_ids(value: str) -> tuple[int, ...]:
    parts = [part.strip() for part in value.split(",") if part.strip()]
    if not all(re.fullmatch(r"[0-9]{1,15}", part) and int(part) > 0 for part in parts):
        raise ValueError("wants Telegram user ids (numbers) separated by commas, like 1234567,7654321")
    return tuple(dict.fromkeys(int(part) for part in parts))


def _mongodb_uri(value: str) -> str:
    scheme, _, rest = value.partition("://")
    if scheme not in {"mongodb", "mongodb+srv"}:
        raise ValueError("starts with mongodb:// or mongodb+srv://; leave it unset for the embedded database")
    user, _, hosts = re.split(r"[/?]", rest, maxsplit=1)[0].rpartition("@")
    if "@" in user or user.count(":") > 1 or not all(_is_mongodb_host(host) for host in hosts.split(",")):
        raise ValueError(
            "is not a MongoDB address like mongodb://user:password@host:27017; inside the user and the password, "
            "write @ : / ? # % as %40 %3A %2F %3F %23 %25"
        )
    return value


def _is_mongodb_host(text: str) -> bool:
    found = re.fullmatch(r"(?:\[[0-9A-Fa-f:.]+\]|[^\[\]:@\s]+)(?::([0-9]{1,5}))?", text)
    return found is not None and int(found[1] or 0) <= _PORT_MAX


def _database_name(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,38}", value):
        raise ValueError("is 1 to 38 letters, digits, - or _")
    return value


def _base_url(value: str) -> str:
    try:
        parts = urlsplit(value)
        usable = parts.scheme in {"http", "https"} and _is_host(parts.hostname or "") and parts.port != 0
        usable = usable and not (parts.username or parts.password or parts.query or parts.fragment)
    except ValueError:  # a port that is no number, a bracket that is never closed
        usable = False
    if not usable or re.search(r"[\s\x00-\x1f]", value):
        raise ValueError("wants an http:// or https:// address without a user or a query")
    return value.rstrip("/")


def _is_host(text: str) -> bool:
    try:
        return bool(re.fullmatch(r"[A-Za-z0-9_.:%-]+", text.encode("idna").decode("ascii")))
    except UnicodeError:
        return False


def _webhook_url(value: str) -> str:
    url = _base_url(value)
    if urlsplit(url).scheme != "https" and urlsplit(url).hostname not in {"127.0.0.1", "localhost", "::1"}:
        raise ValueError("wants https://, as Telegram does")
    return url


def _address(value: str) -> Address:
    before, _, port = value.rpartition(":")
    host = before.strip("[]") or "127.0.0.1"
    if not re.fullmatch(r"[0-9]{1,5}", port) or int(port) > _PORT_MAX or not _is_host(host):
        raise ValueError("wants HOST:PORT, like 127.0.0.1:8081")
    return Address(host, int(port))


def _redirect_uri(value: str) -> str:
    _base_url(value)
    return value


def _webhook_secret(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9_-]{16,256}", value):
        raise ValueError("is 16 to 256 letters, digits, - or _")
    return value


def _secret_keys(value: str) -> tuple[SecretStr, ...]:
    keys = [part.strip() for part in value.split(",") if part.strip()]
    if not keys or any(len(key) < 12 for key in keys):  # noqa: PLR2004 - said in the message
        raise ValueError("wants a passphrase of at least 12 characters (or several, separated by commas)")
    return tuple(SecretStr(key) for key in keys)


def _directory(value: str) -> Path:
    if re.search(r"[\x00-\x1f]", value):
        raise ValueError("wants the path of a directory")
    try:
        return Path(value).expanduser().absolute()
    except RuntimeError:
        raise ValueError("names the home directory of a user who is not known here") from None


def _support_text(value: str) -> str:
    if len(value) > _SUPPORT_TEXT_MAX:
        raise ValueError(f"is a text of up to {_SUPPORT_TEXT_MAX} characters")
    return value


def _support_links(value: str) -> tuple[SupportLink, ...]:
    links = [_support_link(part) for part in value.split(",") if part.strip()]
    if None in links or len(links) > _SUPPORT_LINKS_MAX:
        raise ValueError(
            f"wants up to {_SUPPORT_LINKS_MAX} of LABEL=https://address, separated by commas; a comma in one is %2C"
        )
    return tuple(link for link in links if link is not None)


def _support_link(text: str) -> SupportLink | None:
    label, _, url = (part.strip() for part in text.partition("="))
    try:
        parts = urlsplit(url)
        usable = parts.scheme in {"http", "https"} and "." in (parts.hostname or "") and _is_host(parts.hostname or "")
    except ValueError:
        usable = False
    if not usable or re.search(r"[\s\x00-\x1f]", url) or not 1 <= len(label) <= _LABEL_MAX:
        return None
    return SupportLink(label, url)


def _donation_amounts(value: str) -> tuple[int, ...]:
    parts = [part.strip() for part in value.split(",") if part.strip()]
    amounts = tuple(dict.fromkeys(int(part) for part in parts if re.fullmatch(r"[0-9]{1,5}", part)))
    good = len(amounts) == len(parts) and all(1 <= amount <= _STARS_MAX for amount in amounts)
    if not good or not 1 <= len(amounts) <= _AMOUNTS_MAX:
        raise ValueError(
            f"wants up to {_AMOUNTS_MAX} different whole numbers of Stars from 1 to {_STARS_MAX}, separated by commas"
        )
    return amounts


def _poll_seconds(value: str) -> int:
    if not re.fullmatch(r"[0-9]{1,4}", value) or not _POLL_MIN <= int(value) <= _POLL_MAX:
        raise ValueError(f"is a whole number of seconds from {_POLL_MIN} to {_POLL_MAX}")
    return int(value)


def _one_of(*words: str) -> Callable[[str], str]:
    def choose(value: str) -> str:
        if value.lower() not in words:
            raise ValueError(f"is one of {', '.join(words)}")
        return value.lower()

    return choose


ListenAddress = Annotated[Address, NoDecode, BeforeValidator(_address)]


class Settings(BaseSettings):
    """What a person running the bot can choose. A field `bot_token` is the variable GUB_BOT_TOKEN."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_ignore_empty=True, extra="ignore", frozen=True, validate_default=False
    )

    bot_token: Annotated[SecretStr, BeforeValidator(_token)] | None = None
    owner_ids: Annotated[tuple[int, ...], NoDecode, BeforeValidator(_owner_ids)] = ()
    mongodb_uri: Annotated[SecretStr, BeforeValidator(_mongodb_uri)] | None = None
    mongodb_database: Annotated[str, BeforeValidator(_database_name)] = "gub"
    data_dir: Annotated[Path, BeforeValidator(_directory)] = Field(
        default_factory=lambda: Path(platformdirs.user_data_dir("gub", appauthor=False))
    )
    secret_key: Annotated[tuple[SecretStr, ...], NoDecode, BeforeValidator(_secret_keys)] = ()
    telegram_api: Annotated[str, BeforeValidator(_base_url)] = "https://api.telegram.org"
    platform_gateway: Annotated[str, BeforeValidator(_base_url)] | None = None
    xbox_redirect_uri: Annotated[str, BeforeValidator(_redirect_uri)] = "http://localhost:8765/auth/callback"
    xbox_client_secret: SecretStr | None = None
    psn_npsso: SecretStr | None = None
    steam_api_key: SecretStr | None = None
    webhook_url: Annotated[str, BeforeValidator(_webhook_url)] | None = None
    webhook_listen: ListenAddress = Address("127.0.0.1", 8081)
    webhook_secret: Annotated[SecretStr, BeforeValidator(_webhook_secret)] | None = None
    http_listen: ListenAddress | None = None
    poll_seconds: Annotated[int, BeforeValidator(_poll_seconds)] = 60
    support_text: Annotated[str, BeforeValidator(_support_text)] | None = None
    support_links: Annotated[tuple[SupportLink, ...], NoDecode, BeforeValidator(_support_links)] = ()
    donations: Annotated[Literal["on", "off"], BeforeValidator(_one_of("on", "off"))] = "off"
    donation_amounts: Annotated[tuple[int, ...], NoDecode, BeforeValidator(_donation_amounts)] = (50, 100, 250, 500)
    log_level: Annotated[
        Literal["debug", "info", "warning", "error"], BeforeValidator(_one_of("debug", "info", "warning", "error"))
    ] = "info"
    log_format: Annotated[Literal["console", "json"], BeforeValidator(_one_of("console", "json"))] = "console"

    def secrets(self) -> list[str]:
        """Give every text that must not be shown anywhere. A shorter one would blot out half the log, and is none."""
        given = [self.xbox_client_secret, self.psn_npsso, self.steam_api_key]
        whole = [self.bot_token, self.mongodb_uri, self.webhook_secret, *self.secret_key, *given]
        texts = [secret.get_secret_value() for secret in whole if secret is not None]
        if self.mongodb_uri is not None:
            user = re.split(r"[/?]", self.mongodb_uri.get_secret_value().partition("://")[2], maxsplit=1)[0]
            password = user.rpartition("@")[0].partition(":")[2]
            texts += [password, unquote(password)]
        return [text for text in dict.fromkeys(texts) if len(text) >= _SECRET_MIN]

    @classmethod
    def settings_customise_sources(  # noqa: D102 - pydantic-settings' hook
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        # `load` hands in what it found, so that tests and the sandbox need not touch the process's environment.
        return (init_settings,)


def load(environ: Mapping[str, str] | None = None, env_file: Path | None = Path(".env")) -> Settings:
    """Read the settings; the environment wins over `.env`. Raises ConfigurationError with every problem."""
    given = os.environ if environ is None else environ
    from_file, problems = _read(env_file) if env_file is not None else ({}, [])
    merged = {key.upper(): value.strip() for key, value in {**from_file, **given}.items()}
    named = {key: value for key, value in merged.items() if key.startswith(PREFIX) and value}
    problems += _unknown_names(named)
    values = {key.removeprefix(PREFIX).lower(): value for key, value in named.items()}
    try:
        settings = Settings(**{key: value for key, value in values.items() if key in Settings.model_fields})  # type: ignore[arg-type]
    except ValidationError as error:
        problems += [_line(problem["loc"], problem["msg"]) for problem in error.errors(include_input=False)]
        raise ConfigurationError(sorted(set(problems))) from None
    if problems:
        raise ConfigurationError(problems)
    return settings


def _read(path: Path) -> tuple[dict[str, str], list[str]]:
    """Read a file of NAME=value lines, and say what is wrong with it. A directory of that name is somebody else's."""
    try:
        if not path.is_file():
            return {}, []
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        return {}, [f"{path} is not text in UTF-8"]
    except OSError as error:
        return {}, [f"{path} cannot be read: {error.strerror}"]
    found, problems = {}, []
    for line in parse_stream(io.StringIO(text)):
        if line.error or (line.key is not None and line.value is None):
            blank = re.match(r"\s*", line.original.string)  # what the parser skipped to get there
            number = line.original.line + (blank[0].count("\n") if blank else 0)
            problems.append(f"{path}, line {number}, is not NAME=value")
        elif line.key is not None:
            found[line.key] = line.value or ""
    return found, problems


def _unknown_names(named: Mapping[str, str]) -> list[str]:
    known = [field.upper() for field in Settings.model_fields]
    problems = []
    for name in named:
        word = name.removeprefix(PREFIX)
        if word not in known and not name.startswith(_TEST_PREFIX):
            close = difflib.get_close_matches(word, known, n=1)
            problems.append(f"{name} is not a setting" + (f"; did you mean {PREFIX}{close[0]}?" if close else ""))
    return problems


def _line(location: tuple[int | str, ...], message: str) -> str:
    name = PREFIX + str(location[0]).upper()
    return f"{name} {message.removeprefix('Value error, ')}"
