"""The commands as a person meets them: their exit codes and their one clear line."""

import importlib.abc
import os
import runpy
import subprocess
import sys

import pytest
import typer
from pymongo.errors import AutoReconnect

from gub import __version__, cli, log
from gub.failure import Failure
from gub.store.errors import StoreUnavailable
from tests.support.logs import restored_logging

__all__ = ["restored_logging"]

TOKEN = "123456:TEST-token"


def gub(*arguments: str, cwd, stdin: str = "", **environ: str) -> subprocess.CompletedProcess[str]:
    clean = {key: value for key, value in os.environ.items() if not key.startswith("GUB_")}
    return subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-m", "gub", *arguments],
        cwd=cwd,
        env={**clean, **environ},
        input=stdin,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_all_configuration_errors_at_once_exit_2(tmp_path) -> None:
    done = gub("run", cwd=tmp_path, GUB_BOT_TOKEN="secret-thing", GUB_OWNER_IDS="x", GUB_LOG_LEVEL="loud")
    assert done.returncode == 2
    assert [word in done.stderr for word in ("GUB_BOT_TOKEN", "GUB_OWNER_IDS", "GUB_LOG_LEVEL")] == [True] * 3
    assert "secret-thing" not in done.stderr + done.stdout
    assert "Traceback" not in done.stderr


def test_run_without_a_token_says_where_one_comes_from(tmp_path) -> None:
    done = gub("run", cwd=tmp_path)
    assert done.returncode == 2
    assert "@BotFather" in done.stderr


def test_wrong_usage_is_exit_2(tmp_path) -> None:
    done = gub("dance", cwd=tmp_path)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(("key", "why"), [("", "No key"), ("hunter2hunter2", "32 hexadecimal")])
def test_a_key_that_is_none_is_refused_and_not_repeated(tmp_path, key, why) -> None:
    done = gub("credentials", "steam", cwd=tmp_path, stdin=key + "\n", GUB_DATA_DIR=str(tmp_path / "data"))
    assert done.returncode == 1
    assert why in done.stderr
    assert "hunter2" not in done.stderr + done.stdout
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("command", "code", "why"),
    [("psn", 1, "No NPSSO was given"), ("steam", 1, "No key was given"), ("xbox", 2, "name one by --client-id")],
)
def test_without_any_stdin_nothing_was_given(main, monkeypatch, command, code, why) -> None:
    """As a service has it that was started with stdin closed."""
    monkeypatch.setattr("sys.stdin", None)
    monkeypatch.setenv("GUB_DATA_DIR", "data")
    told, shown = main("credentials", command)
    assert (told, why in shown) == (code, True)


def test_an_unreachable_database_is_one_clear_line(tmp_path) -> None:
    done = gub(
        "credentials",
        "status",
        cwd=tmp_path,
        GUB_MONGODB_URI="mongodb://user:hunter2@127.0.0.1:9/?serverSelectionTimeoutMS=100",
    )
    assert done.returncode == 1
    assert len(done.stderr.strip().splitlines()) == 1
    assert "hunter2" not in done.stderr


@pytest.fixture
def main(monkeypatch, capsys, tmp_path):
    """The command line in this process: gives what it printed on both, and its code."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("GUB_")]:
        monkeypatch.delenv(name)
    monkeypatch.setattr(log, "configure", lambda *_arguments: None)

    def run(*arguments: str) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["gub", *arguments])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        shown = capsys.readouterr()
        return int(ended.value.code or 0), shown.out + shown.err

    return run


def test_the_version_is_told(main) -> None:
    assert main("--version") == (0, f"{__version__}\n")


@pytest.mark.parametrize(
    "arguments", [(), ("dance",), ("run", "fast"), ("credentials", "remove"), ("sandbox", "--port", "x")]
)
def test_wrong_usage_is_exit_2_and_shows_the_right_one(main, arguments) -> None:
    code, shown = main(*arguments)
    assert code == 2
    assert "Usage: gub" in shown


def test_an_unknown_platform_is_wrong_usage(main) -> None:
    code, shown = main("credentials", "remove", "switch")
    assert code == 2
    assert "'xbox', 'psn', 'steam'" in shown


def test_a_place_to_keep_the_sandbox_that_is_a_file_is_wrong_usage(main, tmp_path) -> None:
    (tmp_path / "file").touch()
    assert main("sandbox", "--keep", "file")[0] == 2


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (Failure("It cannot."), 1, "It cannot.\n"),
        (StoreUnavailable("It is gone."), 1, "It is gone.\n"),
        (AutoReconnect("secret"), 1, "The database went away while it was needed (AutoReconnect).\n"),
        (KeyboardInterrupt(), 130, ""),
        (typer.Exit(1), 1, ""),
    ],
)
def test_an_end_is_one_line(main, monkeypatch, error, code, said) -> None:
    def fail() -> None:
        raise error

    monkeypatch.setattr(cli, "_configured", fail)
    assert main("doctor") == (code, said)


def test_ctrl_c_while_it_is_loaded_is_no_traceback(monkeypatch, capsys) -> None:
    class Pressed(importlib.abc.MetaPathFinder):
        def find_spec(self, fullname: str, *_: object) -> None:
            if fullname == "gub.cli":
                raise KeyboardInterrupt

    monkeypatch.delitem(sys.modules, "gub.cli")
    monkeypatch.setattr(sys, "meta_path", [Pressed(), *sys.meta_path])
    with pytest.raises(SystemExit, match="130"):
        runpy.run_module("gub", run_name="__main__")
    assert capsys.readouterr() == ("", "")


@pytest.mark.usefixtures("restored_logging")
def test_a_mistake_of_our_own_shows_no_secret(monkeypatch, capsys, tmp_path) -> None:
    def fail(*_arguments: object) -> None:
        raise KeyError(f"somewhere deep: {TOKEN}")

    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GUB_BOT_TOKEN", TOKEN)
    monkeypatch.setattr(sys, "argv", ["gub", "run"])
    monkeypatch.setattr(cli, "_run_bot", fail)
    with pytest.raises(SystemExit, match="1"):
        cli.main()
    shown = capsys.readouterr()
    assert "KeyError" in shown.err
    assert "[hidden]" in shown.err
    assert TOKEN not in shown.err + shown.out
