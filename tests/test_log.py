import asyncio
import json
import logging
import warnings
from datetime import datetime, timedelta

import pytest
import structlog

from gub import log
from gub.jobs import as_job
from gub.log_lines import LONGEST
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


HOSTILE = [
    "x\n2026-11-22T18:00:00Z [info     ] forged line",
    "x\r\nforged",
    "\x1b[2J\x1b[31mred",
    "a\u2028b\u2029c\x85d\x0be\x0cf",
    "\u202eright to left",
    "\ud800 alone",
    "\x00\x07",
    '"}\n{"event": "forged"}',
]


@pytest.mark.parametrize("form", ["console", "json"])
@pytest.mark.parametrize("hostile", HOSTILE)
def test_no_value_breaks_or_forges_a_line(form, hostile, capsys) -> None:
    log.configure("debug", form)
    structlog.get_logger("gub.a").info("a chat", title=hostile, nested={hostile: [hostile]}, odd={1: 2, (3,): 4})
    structlog.get_logger("gub.a").info(hostile)
    logging.getLogger("a.library").warning("it said %s", hostile)
    shown = capsys.readouterr().err
    assert shown.endswith("\n")
    lines = shown[:-1].split("\n")
    assert len(lines) == 3
    assert all(line.isprintable() for line in lines)
    if form == "json":
        parsed = [json.loads(line) for line in lines]
        assert parsed[0]["title"] == parsed[1]["event"] == hostile


def test_a_traceback_in_the_console_cannot_be_taken_for_a_line(capsys) -> None:
    log.configure("info", "console")
    try:
        raise ValueError("x\n2026-11-22T18:00:00Z [info     ] forged\x1b[2J")
    except ValueError:
        structlog.get_logger("gub.a").exception("failed")
    first, *rest = capsys.readouterr().err.splitlines()
    assert "failed" in first
    assert all(line.startswith("  ") for line in rest)
    assert any("forged" in line for line in rest)
    assert "\x1b" not in "".join(rest)


def test_a_traceback_as_json_is_in_its_line(capsys) -> None:
    log.configure("info", "json")
    try:
        raise ValueError("x\ny")
    except ValueError:
        structlog.get_logger("gub.a").exception("failed")
    line = json.loads(capsys.readouterr().err)
    assert "ValueError: x\ny" in line["exception"]


@pytest.mark.parametrize("form", ["console", "json"])
def test_a_long_value_is_cut_and_no_secret_shows_at_the_cut(form, capsys) -> None:
    log.configure("info", form, [SECRET])
    structlog.get_logger("gub.a").info("long", value="a" * (LONGEST - 5) + SECRET + "b" * 100_000)
    shown = capsys.readouterr().err
    assert len(shown) < LONGEST + 500
    assert SECRET[:5] not in shown
    assert "characters)" in shown


def test_what_json_does_not_know_is_text(capsys) -> None:
    log.configure("info", "json")
    structlog.get_logger("gub.a").info(
        "odd", nan=float("nan"), none=None, a_set={1}, an_error=ValueError("x"), yes=True
    )
    line = json.loads(capsys.readouterr().err, parse_constant=pytest.fail)
    assert (line["nan"], line["none"], line["a_set"], line["yes"]) == ("nan", None, [1], True)
    assert line["an_error"] == "ValueError('x')"


@pytest.mark.parametrize("name", ["gub.telegram.gateway", "a.library"])
def test_a_line_says_when_how_grave_and_who_in_fields_of_their_own(name, capsys) -> None:
    log.configure("info", "json")
    logger = structlog.get_logger(name) if name.startswith("gub") else logging.getLogger(name)
    logger.warning("slow")
    line = json.loads(capsys.readouterr().err)
    assert (line["level"], line["event"], line["logger"]) == ("warning", "slow", name)
    assert datetime.fromisoformat(line["timestamp"]).utcoffset() == timedelta(0)


async def test_what_is_bound_is_in_the_lines_of_the_work_its_tasks_and_the_libraries_and_of_no_other(capsys) -> None:
    log.configure("info", "json")

    async def beside() -> None:
        structlog.get_logger("gub.a").info("in a task")

    async def work() -> None:
        logging.getLogger("a.library").warning("in a library")
        await asyncio.create_task(beside())

    await as_job("tests", work)
    await asyncio.create_task(beside())
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [line.get("job") for line in lines] == ["tests", "tests", None]


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
