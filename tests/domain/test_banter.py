"""Which line is told, and what the lines may not be."""

import pytest

from gub.domain.banter import pick
from gub.telegram.views.banter import SAD_SONGS, TEASES, TO_GUB, TO_YOURSELF, WHAT_DID_HE_SAY

TABLES = (TEASES, TO_YOURSELF, TO_GUB, SAD_SONGS, WHAT_DID_HE_SAY)


@pytest.mark.parametrize("lines", TABLES)
def test_all_are_told_before_one_comes_again_and_the_same_command_gets_the_same(lines: tuple[str, ...]) -> None:
    told = [pick(lines, -1001234567890, message) for message in range(10, 10 + 2 * len(lines), 2)]
    assert sorted(told) == sorted(lines)
    assert pick(lines, -5, 7) == pick(lines, -5, 7)


def test_there_are_enough_and_each_is_there_once() -> None:
    everything = [line for lines in TABLES for line in lines]
    assert len(TEASES) >= 40
    assert len(set(everything)) == len(everything)


@pytest.mark.parametrize("line", [*TEASES, *TO_YOURSELF])
def test_each_says_whom_it_is_about(line: str) -> None:
    assert line.count("{name}") == 1
