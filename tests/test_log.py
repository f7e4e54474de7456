import json
import logging

import pytest
import structlog

from gub import log

SECRET = "123456:TEST-token"


@pytest.fixture(autouse=True)
def _restore_logging():
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = handlers, level
    structlog.reset_defaults()


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
    shown = capsys.readouterr().err
    assert SECRET not in shown
    assert shown.count("[hidden]") >= 4


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
