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
