"""All configuration, typed: environment variables with the prefix GUB_, also read from `.env`.

docs/operations.md lists them for people. Every problem is found and said at once; no value is ever printed back,
since it may be a secret.
"""

import difflib
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal, NamedTuple
from urllib.parse import urlsplit

import platformdirs
from dotenv import dotenv_values
from pydantic import BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, NoDecode, PydanticBaseSettingsSource, SettingsConfigDict

PREFIX = "GUB_"
_TEST_PREFIX = "GUB_TEST_"
_PORT_MAX = 65535


class ConfigurationError(Exception):
    """The configuration cannot be used. `problems` has one line for each thing to mend."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


class Address(NamedTuple):
    """Where a server of ours listens."""

    host: str
    port: int


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
    if not value.startswith(("mongodb://", "mongodb+srv://")):
        raise ValueError("starts with mongodb:// or mongodb+srv://; leave it unset for the embedded database")
    return value


def _database_name(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,38}", value):
        raise ValueError("is 1 to 38 letters, digits, - or _")
    return value


def _base_url(value: str) -> str:
    try:
        parts = urlsplit(value)
        usable = parts.scheme in {"http", "https"} and parts.hostname and not parts.query and not parts.fragment
    except ValueError:
        usable = False
    if not usable:
        raise ValueError("wants an http:// or https:// address without a query")
    return value.rstrip("/")


def _webhook_url(value: str) -> str:
    url = _base_url(value)
    if urlsplit(url).scheme != "https" and urlsplit(url).hostname not in {"127.0.0.1", "localhost", "::1"}:
        raise ValueError("wants https://, as Telegram does")
    return url


def _address(value: str) -> Address:
    host, _, port = value.rpartition(":")
    if not re.fullmatch(r"[0-9]{1,5}", port) or int(port) > _PORT_MAX:
        raise ValueError("wants HOST:PORT, like 127.0.0.1:8081")
    return Address(host.strip("[]") or "127.0.0.1", int(port))


def _webhook_secret(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9_-]{16,256}", value):
        raise ValueError("is 16 to 256 letters, digits, - or _")
    return value


def _secret_keys(value: str) -> tuple[SecretStr, ...]:
    keys = [part.strip() for part in value.split(",") if part.strip()]
    if not keys or any(len(key) < 12 for key in keys):  # noqa: PLR2004 - said in the message
        raise ValueError("wants a passphrase of at least 12 characters (or several, separated by commas)")
    return tuple(SecretStr(key) for key in keys)


def _lower(value: str) -> str:
    return value.lower()


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
    data_dir: Path = Field(default_factory=lambda: Path(platformdirs.user_data_dir("gub", appauthor=False)))
    secret_key: Annotated[tuple[SecretStr, ...], NoDecode, BeforeValidator(_secret_keys)] = ()
    telegram_api: Annotated[str, BeforeValidator(_base_url)] = "https://api.telegram.org"
    platform_gateway: Annotated[str, BeforeValidator(_base_url)] | None = None
    webhook_url: Annotated[str, BeforeValidator(_webhook_url)] | None = None
    webhook_listen: ListenAddress = Address("127.0.0.1", 8081)
    webhook_secret: Annotated[SecretStr, BeforeValidator(_webhook_secret)] | None = None
    http_listen: ListenAddress | None = None
    log_level: Annotated[Literal["debug", "info", "warning", "error"], BeforeValidator(_lower)] = "info"
    log_format: Annotated[Literal["console", "json"], BeforeValidator(_lower)] = "console"

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
    given = dict(os.environ if environ is None else environ)
    from_file = dotenv_values(env_file) if env_file is not None and env_file.is_file() else {}
    merged = {key.upper(): value for key, value in {**from_file, **given}.items() if value}
    named = {key: value for key, value in merged.items() if key.startswith(PREFIX)}
    problems = _unknown_names(named)
    values = {key.removeprefix(PREFIX).lower(): value for key, value in named.items()}
    try:
        settings = Settings(**{key: value for key, value in values.items() if key in Settings.model_fields})  # type: ignore[arg-type]
    except ValidationError as error:
        problems += [_line(problem["loc"], problem["msg"]) for problem in error.errors(include_input=False)]
        raise ConfigurationError(sorted(set(problems))) from None
    if problems:
        raise ConfigurationError(problems)
    return settings


def _unknown_names(named: Mapping[str, str]) -> list[str]:
    known = [PREFIX + field.upper() for field in Settings.model_fields]
    problems = []
    for name in named:
        if name not in known and not name.startswith(_TEST_PREFIX):
            close = difflib.get_close_matches(name, known, n=1)
            problems.append(f"{name} is not a setting" + (f"; did you mean {close[0]}?" if close else ""))
    return problems


def _line(location: tuple[int | str, ...], message: str) -> str:
    name = PREFIX + str(location[0]).upper()
    return f"{name} {message.removeprefix('Value error, ')}"
