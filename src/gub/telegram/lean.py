"""A lean import of aiogram.

aiogram 3.31 ends `aiogram/types/__init__.py` with a loop that builds the validator of each of its ~400 types at
import, and each holds a copy of all that it refers to: 3.1 s and 169 MB here, of which a bot uses a tenth. Its
classes are declared with `defer_build=True`, so all they lack is the names that their annotations mean; given these,
pydantic builds a class when it is first used. That takes 0.7 s and 60 MB (benchmarks/ measures both).
"""

import importlib
import sys
from typing import Any, Literal, Optional, Union

from pydantic import BaseModel


class _Names:
    """The names that aiogram's annotations use, read from the package once, when first wanted."""

    def __init__(self) -> None:
        self._names: dict[str, Any] = {}

    def get(self) -> dict[str, Any]:
        if not self._names:
            types = importlib.import_module("aiogram.types")
            default = importlib.import_module("aiogram.client.default").Default
            found = {name: getattr(types, name) for name in types.__all__}
            plain = {"List": list, "Optional": Optional, "Union": Union, "Literal": Literal, "Default": default}
            self._names.update(found, **plain)
        return self._names


def import_lean() -> None:
    """Import aiogram's types and methods without building what is not used. Does nothing when they are imported."""
    if "aiogram.types" in sys.modules:
        return
    build = BaseModel.model_rebuild.__func__  # type: ignore[attr-defined]
    names = _Names()

    def build_when_used(
        cls: type[BaseModel],
        *,
        force: bool = False,
        raise_errors: bool = True,
        _parent_namespace_depth: int = 2,
        _types_namespace: dict[str, Any] | None = None,
    ) -> bool | None:
        done: bool | None = build(cls, force=force, raise_errors=raise_errors, _types_namespace=names.get())
        return done

    def not_yet(_cls: type[BaseModel], **_options: Any) -> None:
        return None

    BaseModel.model_rebuild = classmethod(not_yet)  # type: ignore[method-assign, assignment, arg-type]
    try:
        types_base = importlib.import_module("aiogram.types.base")
        methods_base = importlib.import_module("aiogram.methods.base")
        importlib.import_module("aiogram.methods")
    finally:
        BaseModel.model_rebuild = classmethod(build)  # type: ignore[method-assign, assignment]
    for base in (types_base.TelegramObject, methods_base.TelegramMethod, methods_base.Response):
        base.model_rebuild = classmethod(build_when_used)
