"""The sandbox's grip on the bot's process, with small programs in the bot's place."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import psutil
import pytest

from gub.sandbox.bot_process import LINES_KEPT, BotProcess, bot_environment, clean_line, run_command

TOKEN = "123456:TEST-token"
POLITE = """
import signal, sys, threading
done = threading.Event()
signal.signal(signal.SIGTERM, lambda *_: done.set())
print("ready", flush=True)
done.wait()
print("bye", flush=True)
"""
DEAF = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("ready", flush=True)
signal.pause()
"""
PARENT = """
import subprocess, sys, signal
child = subprocess.Popen([sys.executable, "-c", "import signal; signal.pause()"])
print("child", child.pid, flush=True)
signal.pause()
"""


class Heard:
    """Collects the lines that a bot writes and waits for one."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._changed = asyncio.Event()

    def __call__(self, line: str) -> None:
        self.lines.append(line)
        self._changed.set()

    async def line(self, part: str) -> str:
        async with asyncio.timeout(20):
            while True:
                for line in self.lines:
                    if part in line:
                        return line
                self._changed.clear()
                await self._changed.wait()


Make = Callable[[str], BotProcess]


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
async def make(tmp_path: Path, heard: Heard) -> AsyncIterator[Make]:
    made: list[BotProcess] = []
    environment = bot_environment(
        TOKEN, telegram_api="http://127.0.0.1:1", platform_gateway="http://127.0.0.1:1/platforms", data_dir=tmp_path
    )

    def build(program: str) -> BotProcess:
        bot = BotProcess(lambda: environment, cwd=tmp_path, command=[sys.executable, "-c", program], echo=heard)
        made.append(bot)
        return bot

    yield build
    for bot in made:
        await bot.aclose()


async def test_it_starts_and_stops_in_order(make: Make, heard: Heard):
    bot = make(POLITE)
    assert bot.state()["phase"] == "stopped"
    await bot.start()
    await heard.line("ready")
    assert bot.running
    assert bot.pid is not None
    assert psutil.pid_exists(bot.pid)
    await bot.stop()
    assert not bot.running
    assert bot.exit_code == 0
    assert bot.lines == ["ready", "bye", "The bot stopped."]
    assert bot.state() | {"lines": []} == {
        "running": False,
        "pid": None,
        "mode": "polling",
        "phase": "stopped",
        "exit_code": 0,
        "lines": [],
    }


async def test_starting_twice_is_one_process(make: Make, heard: Heard):
    bot = make(POLITE)
    await asyncio.gather(bot.start(), bot.start())
    await heard.line("ready")
    first = bot.pid
    await bot.start()
    assert bot.pid == first


async def test_a_kill_is_not_heard_by_the_bot(make: Make, heard: Heard):
    bot = make(POLITE)
    await bot.start()
    await heard.line("ready")
    await bot.kill()
    assert bot.exit_code == -9
    assert "bye" not in bot.lines
    assert bot.state()["phase"] == "killed"


async def test_a_restart_is_a_new_process(make: Make, heard: Heard):
    bot = make(POLITE)
    await bot.start()
    await heard.line("ready")
    before = bot.pid
    await bot.restart()
    assert bot.running
    assert bot.pid != before
    assert "bye" in bot.lines


async def test_one_that_does_not_stop_is_killed(make: Make, heard: Heard, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("gub.sandbox.bot_process._STOP_GRACE", 0.2)
    bot = make(DEAF)
    await bot.start()
    await heard.line("ready")
    await bot.stop()
    assert bot.exit_code == -9


async def test_its_own_end_is_noticed(make: Make, heard: Heard):
    bot = make("import sys; print('The token is wrong', file=sys.stderr); sys.exit(1)")
    await bot.start()
    await bot.wait()
    assert bot.lines == ["The token is wrong", "The bot ended by itself with code 1."]
    assert bot.state()["phase"] == "exited"
    await bot.stop()
    await bot.kill()
    assert heard.lines == bot.lines


async def test_a_command_that_is_not_there_is_one_line(tmp_path: Path):
    bot = BotProcess(dict, cwd=tmp_path, command=["/no/such/program"])
    await bot.start()
    assert bot.state()["phase"] == "failed"
    assert bot.lines == ["The bot cannot be started: No such file or directory"]
    await bot.aclose()


async def test_what_the_running_bot_needs_is_provided_once(tmp_path: Path, heard: Heard):
    answers = [False, True]
    asked: list[str] = []

    async def provide(bot: BotProcess) -> bool:
        bot.note("providing")
        asked.append(str(bot.state()["phase"]))
        return answers.pop(0)

    bot = BotProcess(dict, cwd=tmp_path, command=[sys.executable, "-c", POLITE], provide=provide, echo=heard)
    for _ in range(3):
        await bot.start()
        await bot.kill()
    await bot.aclose()
    assert asked == ["running", "running"]
    assert heard.lines.count("providing") == 2


@pytest.mark.skipif(sys.platform != "linux", reason="asks the Linux kernel")
async def test_the_bot_ends_when_its_sandbox_is_killed():
    follower = run_command()[:4]
    program = (
        "import os, subprocess, sys, signal\n"
        "child = subprocess.Popen([*sys.argv[1:], str(os.getpid()), sys.executable, '-c',"
        " 'import signal; print(1, flush=True); signal.pause()'], stdout=subprocess.PIPE)\n"
        "child.stdout.readline()\n"
        "print(child.pid, flush=True)\n"
        "signal.pause()\n"
    )
    sandbox = await asyncio.create_subprocess_exec(
        sys.executable, "-c", program, *follower, stdout=asyncio.subprocess.PIPE
    )
    assert sandbox.stdout is not None
    child = psutil.Process(int(await sandbox.stdout.readline()))
    sandbox.kill()
    await sandbox.wait()
    _, alive = await asyncio.to_thread(psutil.wait_procs, [child], 10)
    assert not alive


async def test_a_kill_does_not_wait_for_children_that_hold_the_pipe(make: Make, heard: Heard):
    bot = make(PARENT)
    await bot.start()
    child = psutil.Process(int((await heard.line("child")).split()[1]))
    await bot.kill()
    assert child.is_running()
    child.kill()


async def test_only_the_last_lines_are_kept_and_none_shows_the_token(make: Make, heard: Heard):
    bot = make(
        "import os\n"
        "for number in range(300): print('line', number)\n"
        "print('x' * 100_000)\n"
        "print('token', os.environ['GUB_BOT_TOKEN'], end='')\n"
    )
    await bot.start()
    await bot.wait()
    assert len(bot.lines) == LINES_KEPT
    assert bot.lines[-2] == "token ***"
    assert max(map(len, bot.lines)) < 3000
    assert not any(TOKEN in line for line in heard.lines)


def test_lines_are_made_fit_to_show():
    assert clean_line(b"\x1b[31mred\x1b[0m 999999:AAbbccdd-ee_ff \x00\xff\r") == "red *** \N{REPLACEMENT CHARACTER}"


async def test_do_knows_its_words(make: Make, heard: Heard):
    bot = make(POLITE)
    await bot.do("start")
    await heard.line("ready")
    await bot.do("kill")
    with pytest.raises(ValueError, match="start, stop, kill, restart"):
        await bot.do("dance")


def test_the_environment_is_the_callers_without_its_gub_variables(tmp_path: Path):
    environment = bot_environment(
        TOKEN,
        telegram_api="http://127.0.0.1:8090",
        platform_gateway="http://127.0.0.1:8090/platforms",
        data_dir=tmp_path,
        owner_ids=[7, 8],
        base={"PATH": "/bin", "GUB_OWNER_IDS": "1", "gub_mongodb_uri": "mongodb://x"},
    )
    assert environment["PATH"] == "/bin"
    assert {name for name in environment if name.upper().startswith("GUB_")} == {
        "GUB_BOT_TOKEN",
        "GUB_TELEGRAM_API",
        "GUB_PLATFORM_GATEWAY",
        "GUB_DATA_DIR",
        "GUB_OWNER_IDS",
        "GUB_DONATIONS",
        "GUB_POLL_SECONDS",
    }
    assert environment["GUB_OWNER_IDS"] == "7,8"
    assert run_command()[-4:] == (sys.executable, "-m", "gub", "run")
    assert os.fspath(tmp_path) == environment["GUB_DATA_DIR"]
