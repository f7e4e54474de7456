"""Every field of updates and of buttons, replaced by what nobody should send: nothing breaks, every tap is answered."""

from typing import Any

import pytest
from aiogram.filters.callback_data import CallbackData
from hypothesis import strategies

from gub.domain.limits import CALLBACK_BYTES
from gub.sandbox.telegram.models import Chat, User
from tests.fuzz.hostile import every_example, odd_values, places, put
from tests.telegram.handlers.conftest import Stage

_TEXTS = ("/status", "/newgroup Warzone any rank", "/notify Warzone now", "/invite Warzone @Ann_A", "/f", "/settings")


async def _still_works(stage: Stage, ann: User, squad: Chat) -> None:
    assert (await stage.answer(ann, squad, "/about")).text


def _broken(stage: Stage) -> list[tuple[str, str]]:
    return [one for one in stage.outcomes if one[1] == "failed"]


@pytest.mark.parametrize("text", _TEXTS)
async def test_any_field_of_a_message(stage: Stage, squad: Chat, ann: User, text: str):
    await stage.said(ann, squad, "/newgroup Squad")
    stage.world.say(ann, squad, text)
    (update,) = await stage.api.take()

    async def every(path: tuple[str | int, ...], odd: Any) -> None:
        await stage.feed(put(update, path, odd))
        assert _broken(stage) == []

    await every_example(every, path=strategies.sampled_from(list(places(update))), odd=odd_values)
    await _still_works(stage, ann, squad)


async def test_any_field_of_a_tap(stage: Stage, squad: Chat, ann: User, bob: User):
    announcement = await stage.answer(ann, squad, "/newgroup Warzone")
    stage.world.press(bob, squad.id, announcement.id, announcement.button("Join"))
    (update,) = await stage.api.take()

    async def every(path: tuple[str | int, ...], odd: Any) -> None:
        await stage.feed(put(update, path, odd))
        assert _broken(stage) == []

    await every_example(every, path=strategies.sampled_from(list(places(update))), odd=odd_values)
    await _still_works(stage, ann, squad)


def _kinds() -> list[type[CallbackData]]:
    return sorted(CallbackData.__subclasses__(), key=lambda kind: kind.__prefix__)


_ODD_PARTS = ("", "0", "-1", "1", "x", "ё", "$ne", str(2**52 + 1), str(2**63), str(-(2**70)), "f" * 24, "0" * 24, "١")


def _parts(kind: type[CallbackData]) -> strategies.SearchStrategy[str]:
    """Give data of one kind of button: words that it knows beside those that it does not."""
    known: list[str] = []
    for field in kind.model_fields.values():
        known += [str(word.value) for word in getattr(field.annotation, "__members__", {}).values()]
    part = strategies.one_of(strategies.sampled_from([*known, *_ODD_PARTS]), strategies.text(max_size=12))
    count = len(kind.model_fields)
    many = strategies.lists(part, min_size=max(count - 1, 0), max_size=count + 1)
    return many.map(lambda all_parts: ":".join([kind.__prefix__, *all_parts]).encode(errors="ignore")).map(
        lambda data: data[:CALLBACK_BYTES].decode(errors="ignore")
    )


@pytest.mark.parametrize("kind", _kinds(), ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("private", [False, True])
async def test_any_forged_button_is_answered(
    stage: Stage, squad: Chat, ann: User, bob: User, *, kind: type[CallbackData], private: bool
):
    place = bob if private else squad
    message = await stage.answer(bob, place, "/help")
    await stage.said(ann, squad, "/newgroup Warzone")

    async def every(data: str) -> None:
        query = stage.world.press(bob, message.chat_id, message.id, data, forged=True)
        await stage.settle()
        assert stage.world.callback_answer(query) is not None
        assert _broken(stage) == []

    await every_example(every, data=_parts(kind))
    await _still_works(stage, ann, squad)
