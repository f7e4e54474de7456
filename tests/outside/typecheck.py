"""Checks recorded answers and updates against the types of `@gramio/types` and `@grammyjs/types`.

Each JSON value becomes a literal assigned to its type, so the compiler also refuses fields that the type does not
have. grammY's types are written by hand and tell chats and entities of different kinds apart; gramio's are generated
from Telegram's documentation and are the plainer statement of it. A value has to satisfy both.
"""

import json
import re
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.outside.recorder import Answer, Tape

PRELUDE = """\
import type { APIMethodReturn, APIMethods, TelegramResponseParameters, TelegramUpdate } from "@gramio/types";
import type { ApiError, ApiMethods, Update } from "@grammyjs/types";
type Ok<T> = { ok: true; result: T; description?: string };
type Gramio<M extends keyof APIMethods> = Ok<APIMethodReturn<M>>;
type Grammy<M extends keyof ApiMethods<unknown>> = Ok<Awaited<ReturnType<ApiMethods<unknown>[M]>>>;
type GramioError = { ok: false; error_code: number; description: string; parameters?: TelegramResponseParameters };
"""
OPTIONS = ["--noEmit", "--strict", "--skipLibCheck", "--pretty", "false", "--module", "nodenext", "--target", "es2022"]
COMPLAINT = re.compile(r"^literals\.ts\((\d+),(\d+)\): (error TS\d+: .*)$")
AROUND = 120
UNDEFINED = "the value undefined"
GRAMIO = "@gramio/types"
GRAMMY = "@grammyjs/types"
TOO_NARROW = {"sendInvoice"}
"""grammY takes an invoice for a service message, so for one without buttons; it has its Pay button (sendInvoice)."""


@dataclass(frozen=True)
class Complaint:
    """What the compiler refused: whose type, what it was about, the JSON, the words, and the JSON at the place."""

    library: str
    subject: str
    value: str
    words: str
    near: str

    def __str__(self) -> str:
        return f"{self.subject} against {self.library}: {self.words}\n    near: {self.near}"


@dataclass(frozen=True)
class _Literal:
    library: str
    subject: str
    type: str
    value: str

    def line(self, number: int) -> str:
        """The line of TypeScript that assigns the value to its type."""
        value = _with_undefined(self.value) if self.library == GRAMMY else self.value
        return f"const _{number}: {self.type} = {value};"


def complaints(tape: Tape, folder: Path, modules: Path) -> list[Complaint]:
    """What is wrong with everything on `tape`; `folder` is an empty place to work in, `modules` the node_modules.

    The compiler names the first fault of a literal, so mending one may bring up the next.
    """
    literals = [*_of_answers(tape.answers), *_of_updates(tape.updates)]
    lines = [each.line(number) for number, each in enumerate(literals)]
    (folder / "literals.ts").write_text(PRELUDE + "\n".join(lines) + "\nexport {};\n", encoding="utf-8")
    (folder / "node_modules").symlink_to(modules)
    compiler = modules / "typescript" / "bin" / "tsc"
    done = subprocess.run(  # noqa: S603 - fixed words
        ["node", str(compiler), *OPTIONS, "literals.ts"],  # noqa: S607 - whichever node the tests found
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    found = list(_read(done.stdout, literals))
    assert found or done.returncode == 0, f"the compiler failed: {done.stdout}{done.stderr}"
    return found


def _of_answers(answers: Iterable[Answer]) -> Iterable[_Literal]:
    spoken = [each for each in answers if each.body is not None]
    for method, value in _distinct((each.method, each.body) for each in spoken if each.body.get("ok")):
        yield _Literal(GRAMIO, f"answer of {method}", f"Gramio<{json.dumps(method)}>", value)
        if method not in TOO_NARROW:
            yield _Literal(GRAMMY, f"answer of {method}", f"Grammy<{json.dumps(method)}>", value)
    for method, value in _distinct((each.method, each.body) for each in spoken if not each.body.get("ok")):
        yield _Literal(GRAMIO, f"refusal of {method}", "GramioError", value)
        yield _Literal(GRAMMY, f"refusal of {method}", "ApiError", value)


def _of_updates(updates: Iterable[Any]) -> Iterable[_Literal]:
    for kind, value in _distinct((_kind(each), each) for each in updates):
        yield _Literal(GRAMIO, f"update {kind}", "TelegramUpdate", value)
        yield _Literal(GRAMMY, f"update {kind}", "Update", value)


def _kind(update: dict[str, Any]) -> str:
    return "+".join(key for key in update if key != "update_id") or "of no kind"


def _distinct(pairs: Iterable[tuple[str, Any]]) -> Iterable[tuple[str, str]]:
    return dict.fromkeys((name, json.dumps(value, separators=(",", ":"))) for name, value in pairs)


def _with_undefined(value: str) -> str:
    """Say what grammY's types demand and JSON cannot: a message replied to has its own reply_to_message, undefined."""

    def added(fields: dict[str, Any]) -> dict[str, Any]:
        replied = fields.get("reply_to_message")
        return {**fields, "reply_to_message": {"reply_to_message": UNDEFINED, **replied}} if replied else fields

    return json.dumps(json.loads(value, object_hook=added), separators=(",", ":")).replace(
        f'"{UNDEFINED}"', "undefined"
    )


def _read(output: str, literals: Sequence[_Literal]) -> Iterable[Complaint]:
    before = PRELUDE.count("\n")
    for line in output.splitlines():
        match = COMPLAINT.match(line)
        if not match:
            continue
        number, column = int(match[1]) - before - 1, int(match[2])
        if not 0 <= number < len(literals):
            raise AssertionError(f"the types do not fit the prelude: {line}")
        literal = literals[number]
        text = literal.line(number)
        yield Complaint(
            literal.library, literal.subject, literal.value, match[3], text[max(0, column - 1) : column + AROUND]
        )
