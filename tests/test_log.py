import json
import logging
import warnings

import pytest
import structlog

from gub import log
from tests.support.logs import restored_logging

__all__ = ["restored_logging"]

SECRET = "123456:TEST-token"


pytestmark = pytest.mark.usefixtures("restored_logging")


@pytest.mark.parametrize("form", ["console", "json"])
def test_no_secret_leaves_by_any_road(form, capsys) -> None:
    log.configure("debug", form, [SECRET])
    structlog.get_logger("gub.a").info("calling", url=f"https://api/bot{SECRET}/getMe")
    logging.getLogger("a.library").warning("at https://api/bot%s/x", SECRET)
    try:
        raise ValueError(f"bad {SECRET}")
    except ValueError:
        structlog.get_logger("gub.a").exception("failed")
        logging.getLogger("a.library").exception("failed too")
    structlog.get_logger("gub.a").warning("inside", nested={"a": [SECRET]}, error=ValueError(SECRET))
    warnings.warn(f"odd {SECRET}", UserWarning, stacklevel=1)
    captured = capsys.readouterr()
    assert SECRET not in captured.err
    assert captured.err.count("[hidden]") >= 7
    assert captured.out == ""


@pytest.mark.parametrize("form", ["console", "json"])
@pytest.mark.parametrize("secret", ["pässwörd", 'quote"back\\slash', "it's\ttabbed"])
def test_a_secret_is_hidden_however_it_is_written(form, secret, capsys) -> None:
    log.configure("info", form, [secret])
    structlog.get_logger("gub.a").info(f"plain {secret}", value=secret, nested=[secret])
    shown = capsys.readouterr().err
    assert secret not in shown
    assert shown.count("[hidden]") == 3


def test_a_traceback_shows_no_variables(capsys) -> None:
    log.configure("info", "console")
    unknown = "a-secret-that-nobody-named"
    try:
        raise ValueError(len(unknown))
    except ValueError:
        structlog.get_logger("gub.a").exception("failed")
    shown = capsys.readouterr().err
    assert "ValueError: 26" in shown
    assert unknown not in shown


def test_a_json_line_is_json_with_level_and_time(capsys) -> None:
    log.configure("info", "json")
    structlog.get_logger("gub.a").info("chat left", chat_id=-5)
    line = json.loads(capsys.readouterr().err)
    assert (line["event"], line["chat_id"], line["level"]) == ("chat left", -5, "info")
    assert line["timestamp"].endswith("Z")


def test_the_level_is_obeyed_and_libraries_stay_quiet(capsys) -> None:
    log.configure("debug", "json")
    logging.getLogger("httpx").info("GET https://api/?key=secret")
    logging.getLogger("pymongo.command").debug("what somebody wrote")
    log.configure("error", "json")
    structlog.get_logger("gub.b").warning("not now")
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("form", ["console", "json"])
def test_the_login_in_a_databases_address_is_hidden_without_being_told(form, capsys) -> None:
    log.configure("info", form)
    structlog.get_logger("gub.a").info("at mongodb://gub:pass-word@127.0.0.1:1/?x=1", other="mongodb+srv://a:b@host/")
    shown = capsys.readouterr().err
    assert "pass-word" not in shown
    assert "a:b" not in shown
    assert "mongodb://[hidden]@127.0.0.1:1/?x=1" in shown


@pytest.mark.parametrize(
    "written",
    [
        "https://h/p?key={}&steamids=1",
        "https://localhost:8765/auth/callback?state=1&code={}",
        "grant_type=refresh_token&refresh_token={}&x=1",
        '{{"access_token":"{}","token_type":"bearer"}}',
        "{{'npsso': '{}'}}",
        "Cookie: npsso={}",
        "Authorization: Bearer {}",
        "Authorization: XBL3.0 x={};rest",
        '"RpsTicket":"d={}"',
        "client_secret={}",
    ],
)
def test_what_is_named_as_a_secret_is_hidden_though_nobody_told_it(written) -> None:
    secret = "aB3~x.y-z_0123456789"
    cleaned = log.Redactor([]).clean(f"before {written.format(secret)} after")
    assert secret not in cleaned
    assert "[hidden]" in cleaned
    assert cleaned.startswith("before ")
    assert cleaned.endswith("after")


@pytest.mark.parametrize(
    "line", ["exit code=2", "code: 4165", "key=chat_display_name", "token_type=bearer", "keyboard"]
)
def test_what_only_looks_like_one_stays(line) -> None:
    assert log.Redactor([]).clean(line) == line
