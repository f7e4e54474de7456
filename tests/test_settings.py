import errno
from pathlib import Path

import pytest

from gub.settings import Address, ConfigurationError, Settings, load

TOKEN = "123456:TEST-token"


def test_nothing_is_needed_to_start() -> None:
    settings = load({}, None)
    assert settings.bot_token is None
    assert settings.telegram_api == "https://api.telegram.org"
    assert settings.mongodb_database == "gub"
    assert settings.webhook_listen == Address("127.0.0.1", 8081)
    assert settings.data_dir.name == "gub"


def test_every_setting_is_read() -> None:
    settings = load(
        {
            "GUB_BOT_TOKEN": TOKEN,
            "GUB_OWNER_IDS": "12, 13,12",
            "GUB_MONGODB_URI": "mongodb://db.test/?replicaSet=a",
            "GUB_MONGODB_DATABASE": "gub_two",
            "GUB_DATA_DIR": "/somewhere",
            "GUB_SECRET_KEY": "first passphrase,second passphrase",
            "GUB_TELEGRAM_API": "http://127.0.0.1:9/",
            "GUB_PLATFORM_GATEWAY": "http://127.0.0.1:9/platforms",
            "GUB_WEBHOOK_URL": "https://bot.test/hook",
            "GUB_WEBHOOK_LISTEN": "[::1]:99",
            "GUB_WEBHOOK_SECRET": "a" * 16,
            "GUB_HTTP_LISTEN": ":8000",
            "GUB_LOG_LEVEL": "DEBUG",
            "GUB_LOG_FORMAT": "json",
        },
        None,
    )
    assert settings.bot_token is not None
    assert settings.bot_token.get_secret_value() == TOKEN
    assert settings.owner_ids == (12, 13)
    assert settings.telegram_api == "http://127.0.0.1:9"
    assert settings.webhook_listen == Address("::1", 99)
    assert settings.http_listen == Address("127.0.0.1", 8000)
    assert [key.get_secret_value() for key in settings.secret_key] == [
        "first passphrase",
        "second passphrase",
    ]
    assert settings.log_level == "debug"


def test_all_problems_are_said_at_once_and_no_value_is_printed() -> None:
    secret = "not-a-token-but-secret"
    with pytest.raises(ConfigurationError) as raised:
        load(
            {
                "GUB_BOT_TOKEN": secret,
                "GUB_OWNER_IDS": "me",
                "GUB_MONGODB_URI": f"postgres://u:{secret}@db",
                "GUB_WEBHOOK_URL": "http://bot.test",
                "GUB_WEBHOOK_LISTEN": "8081x",
                "GUB_WEBHOOK_SECRET": "ü" * 20,
                "GUB_SECRET_KEY": "short",
                "GUB_LOG_LEVEL": "loud",
                "GUB_OWNER_ID": "5",
                "GUB_TELEGRAM_API": "api.telegram.org",
            },
            None,
        )
    problems = raised.value.problems
    assert [line.split()[0] for line in problems] == sorted(
        [
            "GUB_BOT_TOKEN",
            "GUB_MONGODB_URI",
            "GUB_OWNER_ID",
            "GUB_OWNER_IDS",
            "GUB_LOG_LEVEL",
            "GUB_SECRET_KEY",
            "GUB_TELEGRAM_API",
            "GUB_WEBHOOK_LISTEN",
            "GUB_WEBHOOK_SECRET",
            "GUB_WEBHOOK_URL",
        ]
    )
    assert secret not in "\n".join(problems)
    assert "did you mean GUB_OWNER_IDS?" in "\n".join(problems)


def test_the_environment_wins_over_the_file_and_empty_means_unset(tmp_path) -> None:
    env_file = tmp_path / ".env"
    env_file.write_text(f"GUB_BOT_TOKEN={TOKEN}\nGUB_LOG_LEVEL=error\nOTHER=1\n")
    settings = load({"GUB_LOG_LEVEL": "debug", "GUB_MONGODB_URI": ""}, env_file)
    assert settings.bot_token is not None
    assert settings.log_level == "debug"
    assert settings.mongodb_uri is None


def test_support_and_donations_are_off_unless_they_are_wished_for() -> None:
    settings = load({}, None)
    assert (settings.support_text, settings.support_links, settings.donations) == (None, (), "off")
    wished = {
        "GUB_SUPPORT_TEXT": "Run by Olga.\nWrite to her!",
        "GUB_SUPPORT_LINKS": " Our site = https://gub.example/a?b=c%2Cd , News=http://t.me/news",
        "GUB_DONATIONS": "ON",
        "GUB_DONATION_AMOUNTS": "10, 500,10000",
    }
    settings = load(wished, None)
    assert settings.support_text == "Run by Olga.\nWrite to her!"
    assert settings.support_links == (("Our site", "https://gub.example/a?b=c%2Cd"), ("News", "http://t.me/news"))
    assert (settings.donations, settings.donation_amounts) == ("on", (10, 500, 10_000))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("GUB_SUPPORT_TEXT", "x" * 1501),
        ("GUB_SUPPORT_LINKS", "https://gub.example"),
        ("GUB_SUPPORT_LINKS", "Site=ftp://gub.example"),
        ("GUB_SUPPORT_LINKS", "Site=javascript:alert(1)"),
        ("GUB_SUPPORT_LINKS", "Site=https://nowhere"),
        ("GUB_SUPPORT_LINKS", "Site=https://gub.example/a b"),
        ("GUB_SUPPORT_LINKS", "Site=https://[gub.example"),
        ("GUB_SUPPORT_LINKS", f"{'x' * 41}=https://gub.example"),
        ("GUB_SUPPORT_LINKS", ",".join(f"{number}=https://gub.example" for number in range(9))),
        ("GUB_DONATIONS", "yes please"),
        ("GUB_DONATION_AMOUNTS", "0"),
        ("GUB_DONATION_AMOUNTS", "10001"),
        ("GUB_DONATION_AMOUNTS", "5,5"),
        ("GUB_DONATION_AMOUNTS", "5.5"),
        ("GUB_DONATION_AMOUNTS", ","),
        ("GUB_DONATION_AMOUNTS", "1,2,3,4,5,6,7,8,9"),
    ],
)
def test_what_cannot_be_shown_or_paid_is_a_problem(name: str, value: str) -> None:
    (problem,) = problems_of({name: value})
    assert problem.startswith(name)


def test_secrets_do_not_show_in_a_repr() -> None:
    settings = load(
        {
            "GUB_BOT_TOKEN": TOKEN,
            "GUB_MONGODB_URI": "mongodb://u:hunter2@db",
            "GUB_SECRET_KEY": "correct horse battery",
            "GUB_WEBHOOK_SECRET": "s" * 16,
        },
        None,
    )
    shown = repr(settings) + str(settings.model_dump())
    for secret in (TOKEN, "hunter2", "correct horse", "s" * 16):
        assert secret not in shown


def test_settings_of_the_tests_are_not_unknown() -> None:
    assert isinstance(load({"GUB_TEST_MONGODB_URI": "mongodb://db"}, None), Settings)


def problems_of(environ: dict[str, str], env_file: Path | None = None) -> list[str]:
    with pytest.raises(ConfigurationError) as raised:
        load(environ, env_file)
    return raised.value.problems


@pytest.mark.parametrize(
    "content",
    [
        f"GUB_BOT_TOKEN={TOKEN}\n",
        f"\ufeffGUB_BOT_TOKEN={TOKEN}\n",
        f"GUB_BOT_TOKEN={TOKEN}\r\n# more\r\n",
        f'export GUB_BOT_TOKEN = "{TOKEN}"  # from BotFather\n',
        f"gub_bot_token='{TOKEN}'",
        f"\n\nGUB_BOT_TOKEN=old\nGUB_BOT_TOKEN=  {TOKEN}  ",
    ],
)
def test_the_file_is_read_as_people_write_it(tmp_path, content) -> None:
    env_file = tmp_path / ".env"
    env_file.write_bytes(content.encode())
    settings = load({}, env_file)
    assert settings.bot_token is not None
    assert settings.bot_token.get_secret_value() == TOKEN


def test_a_value_of_the_file_is_taken_as_it_is(tmp_path) -> None:
    env_file = tmp_path / ".env"
    env_file.write_text("GUB_SECRET_KEY=pa$$w${HOME}rd#with-signs\n")
    assert [key.get_secret_value() for key in load({}, env_file).secret_key] == ["pa$$w${HOME}rd#with-signs"]


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b"\n\nGUB_BOT_TOKEN 123456:hunter2\n", 3),
        (b"A=1\r\n\r\nGUB_BOT_TOKEN: hunter2\n", 3),
        (b"GUB_BOT_TOKEN='hunter2\nGUB_LOG_LEVEL=error\n", 1),
        (b"GUB_BOT_TOKEN\n", 1),
    ],
)
def test_a_line_that_is_none_is_named_with_all_other_problems(tmp_path, content, line) -> None:
    env_file = tmp_path / ".env"
    env_file.write_bytes(content)
    problems = problems_of({"GUB_OWNER_IDS": "me"}, env_file)
    assert f"{env_file}, line {line}, is not NAME=value" in problems
    assert any(problem.startswith("GUB_OWNER_IDS") for problem in problems)
    assert "hunter2" not in "".join(problems)


def test_a_file_that_is_no_text_is_a_problem(tmp_path) -> None:
    env_file = tmp_path / ".env"
    env_file.write_bytes(b"GUB_BOT_TOKEN=\xff\xfe")
    assert problems_of({}, env_file) == [f"{env_file} is not text in UTF-8"]


def test_a_file_that_cannot_be_read_is_a_problem(tmp_path, monkeypatch) -> None:
    env_file = tmp_path / ".env"
    env_file.touch()

    def refuse(*_arguments: object, **_options: object) -> str:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(Path, "read_text", refuse)
    assert problems_of({}, env_file) == [f"{env_file} cannot be read: Permission denied"]


def test_a_directory_of_that_name_is_a_virtual_environment(tmp_path) -> None:
    (tmp_path / ".env").mkdir()
    assert load({}, tmp_path / ".env").bot_token is None


def test_white_space_around_a_value_is_no_part_of_it() -> None:
    settings = load({"GUB_BOT_TOKEN": f" {TOKEN}\r", "GUB_MONGODB_URI": " ", "GUB_LOG_FORMAT": "JSON "}, None)
    assert settings.bot_token is not None
    assert settings.bot_token.get_secret_value() == TOKEN
    assert (settings.mongodb_uri, settings.log_format) == (None, "json")


@pytest.mark.parametrize(
    "uri",
    [
        "mongodb://db",
        "mongodb://db.test:27017,[::1]:27018,10.0.0.1/?replicaSet=a",
        "mongodb+srv://user:p%40ss@cluster.test/gub?retryWrites=true",
        "mongodb://user@db?tls=true",
        "mongodb://%2Ftmp%2Fmongodb-27017.sock",
    ],
)
def test_a_mongodb_address_is_taken(uri) -> None:
    assert load({"GUB_MONGODB_URI": uri}, None).mongodb_uri is not None


@pytest.mark.parametrize(
    "uri",
    [
        "mongodb://",
        "mongodb://user:hunter2@",
        "mongodb://user:hunt/er2@db",
        "mongodb://user:hunt@er2@db",
        "mongodb://user:hunt:er2@db",
        "mongodb://db:hunter2",
        "mongodb://db:99999999",
        "mongodb://db,,db2",
        "mongodb://a b",
    ],
)
def test_what_is_no_mongodb_address_is_a_configuration_error_and_not_repeated(uri) -> None:
    (problem,) = problems_of({"GUB_MONGODB_URI": uri})
    assert "%40" in problem
    assert "hunt" not in problem


@pytest.mark.parametrize(
    "url", ["http://a b", "http://a..b", "http://h:99999999", "http://u:hunter2@h", "http://[::1", "http://" + "x" * 64]
)
def test_what_is_no_base_address_is_refused(url) -> None:
    (problem,) = problems_of({"GUB_TELEGRAM_API": url})
    assert problem == "GUB_TELEGRAM_API wants an http:// or https:// address without a user or a query"


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8081/a/b", "http://[::1]:80", "https://bücher.test", "http://bot_api:1"]
)
def test_a_base_address_is_taken(url) -> None:
    assert load({"GUB_TELEGRAM_API": url}, None).telegram_api == url


@pytest.mark.parametrize("listen", ["a b:80", "a..b:80", "h:80x", "h:65536", "h"])
def test_where_nothing_can_listen_is_refused(listen) -> None:
    assert problems_of({"GUB_HTTP_LISTEN": listen}) == ["GUB_HTTP_LISTEN wants HOST:PORT, like 127.0.0.1:8081"]


@pytest.mark.parametrize("seconds", ["4", "601", "-5", "60.5", "often", "0x10", "60000"])
def test_poll_seconds_are_refused_when_they_are_too_few_or_too_many(seconds: str) -> None:
    assert problems_of({"GUB_POLL_SECONDS": seconds}) == ["GUB_POLL_SECONDS is a whole number of seconds from 5 to 600"]


@pytest.mark.parametrize("seconds", [5, 60, 600])
def test_poll_seconds_are_taken_as_they_are(seconds: int) -> None:
    assert load({"GUB_POLL_SECONDS": str(seconds)}, env_file=None).poll_seconds == seconds
    assert load({}, env_file=None).poll_seconds == 60


def test_the_data_directory_is_absolute_and_knows_home(monkeypatch, tmp_path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    assert load({"GUB_DATA_DIR": "~/gub data"}, None).data_dir == tmp_path / "gub data"
    assert load({"GUB_DATA_DIR": "here"}, None).data_dir == tmp_path / "here"
    assert len(problems_of({"GUB_DATA_DIR": "~nobody-of-that-name/gub"})) == 1
    assert len(problems_of({"GUB_DATA_DIR": "a\0b"})) == 1


def test_the_secrets_are_known_with_the_password_alone_as_it_is_and_as_it_is_meant() -> None:
    settings = load(
        {
            "GUB_BOT_TOKEN": TOKEN,
            "GUB_MONGODB_URI": "mongodb://u:hunter%402@db/?a=b",
            "GUB_SECRET_KEY": "correct horse battery",
            "GUB_WEBHOOK_SECRET": "s" * 16,
        },
        None,
    )
    whole = {TOKEN, "mongodb://u:hunter%402@db/?a=b", "correct horse battery", "s" * 16}
    assert set(settings.secrets()) == whole | {"hunter%402", "hunter@2"}
    assert load({"GUB_MONGODB_URI": "mongodb://db"}, None).secrets() == ["mongodb://db"]
