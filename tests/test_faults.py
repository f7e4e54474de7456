"""Failures on their way to the owners."""

import asyncio

from gub.domain.names import clean_group_name
from gub.faults import Faults, frames, noted, noting


def failure(secret: str) -> Exception:
    try:
        clean_group_name(secret)  # fails inside of GUB
    except Exception as error:  # noqa: BLE001 - whatever it is
        return error
    raise AssertionError


def test_a_fault_names_kind_and_place_and_nothing_else() -> None:
    fault = noted(failure("two words of Ann's"))
    assert fault.error == "BadName"
    assert fault.place.startswith("domain/names.py:")
    assert fault.kind == f"{fault.error} {fault.place}"
    assert "Ann" not in repr(fault)
    assert noted(failure("two words of Ann's")).reference != fault.reference
    assert noted(failure("others of Bob's")).kind == fault.kind


def test_what_comes_from_elsewhere_has_no_place_of_ours() -> None:
    assert frames(KeyError()) == []
    assert noted(KeyError()).place == "somewhere else"


async def test_what_is_noted_in_a_block_and_its_tasks_is_collected_there() -> None:
    faults = Faults()

    async def work() -> None:
        noted(KeyError())

    with noting(faults):
        await asyncio.create_task(work())
        assert faults.came.is_set()
    noted(ValueError())
    assert [fault.error for fault in faults.waiting] == ["KeyError"]


def test_a_storm_keeps_the_newest() -> None:
    faults = Faults()
    with noting(faults):
        last = [noted(KeyError()) for _ in range(1000)][-1]
    assert len(faults.waiting) == 100
    assert faults.waiting[-1] == last
