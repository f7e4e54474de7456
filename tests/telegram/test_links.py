import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gub.telegram.links import Link, Way, read_link

CHATS = st.integers(-(2**52), 2**52)
LINKS = st.one_of(
    st.builds(Link, st.just(Way.ADD), chat_id=CHATS, thread_id=st.none() | st.integers(1, 2**31 - 1)),
    st.builds(Link, st.just(Way.PEOPLE), chat_id=CHATS),
    st.builds(Link, st.just(Way.EDIT), person=st.text("0123456789abcdef", min_size=24, max_size=24)),
    st.builds(Link, st.just(Way.PRIVACY), chat_id=CHATS),
    st.builds(Link, st.just(Way.SETTINGS), chat_id=CHATS),
    st.builds(Link, st.just(Way.HELP), page=st.sampled_from(["", "fun"])),
)


@given(LINKS)
def test_what_is_written_is_read_and_is_as_telegram_takes_it(link: Link):
    assert re.fullmatch(r"[A-Za-z0-9_-]{1,64}", link.payload())
    assert read_link(link.payload()) == link
    assert link.url("gub_bot") == f"https://t.me/gub_bot?start={link.payload()}"


@pytest.mark.parametrize(
    "payload",
    [
        "",
        "hello",
        "help_",
        "help_A",
        "add_",
        "add_x",
        "add_1_2_3",
        "asu_-5",
        "edit_1",
        "edit_" + "g" * 24,
        "edit_-5",
        "add_-5\n",
    ],
)
def test_what_is_none_of_ours_is_none(payload: str):
    assert read_link(payload) is None


@given(st.text())
def test_any_text_is_read(payload: str):
    read_link(payload)
