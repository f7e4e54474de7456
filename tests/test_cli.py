"""The commands as a person meets them: their exit codes and their one clear line."""

import os
import subprocess
import sys

import pytest

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
