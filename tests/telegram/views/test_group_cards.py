"""What of notify groups is shown, whatever they and their people are called."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given

from gub.domain.limits import ALERT_UNITS, CALLBACK_BYTES, MESSAGE_ENTITIES
from gub.domain.splitting import utf16_length
from gub.domain.values import Invitation, Joining, KnownUser, NotifyGroup
from gub.telegram.showing import View, messages_of
from gub.telegram.views import group_cards, group_list, group_menus
from gub.telegram.views.group_cards import Around
from gub.telegram.views.places import Place, Viewer
from tests.support.clock import START
from tests.telegram.views.support import HOSTILE, entities_of, names, rendered, text_of

CREATOR, MEMBER, ADMIN, STRANGER = 2**52, 2**52 - 1, 3, 4
ID = "f" * 24
IN_GROUP = Place(-(2**52), "gub_bot", opener=2**52, page=999, thread_id=2**31)
IN_PRIVATE = Place(-(2**52), "gub_bot", title="Squad", page=999)
VIEWERS = (Viewer(CREATOR), Viewer(MEMBER), Viewer(ADMIN, is_admin=True), Viewer(STRANGER))


def group(name: str = "Warzone", **more: object) -> NotifyGroup:
    fields = {"description": None, "members": (CREATOR, MEMBER), "joining": Joining.OPEN} | more
    return NotifyGroup(ID, -(2**52), CREATOR, name, **fields)  # type: ignore[arg-type]


def crowd(name: str = "Warzone", size: int = 500, **more: object) -> NotifyGroup:
    return group(name, members=tuple(range(CREATOR, CREATOR - size, -1)), invited=(*range(60), "@someone"), **more)


def around(name: str = "Ann", **more: object) -> Around:
    users = {one: KnownUser(one, name) for one in (CREATOR, *range(60), *range(CREATOR - 500, CREATOR))}
    return Around(START, users, **more)  # type: ignore[arg-type]


def shown(name: str, other: str) -> Iterator[View]:
    """Everything that is shown of groups."""
    near = around(other, invitations=99, absent=frozenset({CREATOR, MEMBER}))
    user = KnownUser(MEMBER, other)
    for place in (IN_GROUP, replace(IN_PRIVATE, title=name)):
        for joining in Joining:
            for one in (group(name, joining=joining, description=other), crowd(name, joining=joining)):
                muted = replace(one, mutes={CREATOR: None, MEMBER: START + timedelta(hours=1)})
                yield from (group_cards.card(muted, place, viewer, near) for viewer in VIEWERS)
                yield group_cards.delete_question(one, place)
                yield group_cards.deleted(one, place, other)
                yield group_cards.mute_menu(one, place)
                yield group_menus.joining_news(one, other)
                yield group_menus.edit_menu(one, place)
                yield group_menus.joining_menu(one, place)
        yield group_list.group_list([group(name)] * 100, place, VIEWERS[0])
    private = replace(IN_PRIVATE, title=name)
    one = crowd(name)
    asked = Invitation(ID, ID, (), one.invited, accepted=(1,), declined=(2, 3))
    yield from (group_menus.invitations(one, [asked] * number, private, near) for number in (0, 1, 20))
    yield group_menus.member_list(one, one.members, private, near)
    yield from (group_menus.heir_list(one, one.members, private, near, mine=mine) for mine in (True, False))
    yield group_menus.member_list(one, (), private, near)
    yield group_menus.remove_question(one, user, private)
    yield group_menus.hand_over_question(one, user, private)
    yield group_menus.removal(one, user, other)
    yield group_menus.taken_over(one, other)
    yield group_menus.yours_now(one, private, other)


@given(names, names)
def test_hostile_names_come_through_and_ping_nobody(name: str, other: str):
    for view in shown(name, other):
        entities = list(entities_of(view))
        assert {entity.type for entity, _ in entities} <= {"bold", "code"}
        assert len(entities) <= MESSAGE_ENTITIES
        assert messages_of(view) == 1
        assert "None" not in text_of(view).replace(name, "").replace(other, "")
        for row in view.keyboard.inline_keyboard if view.keyboard else ():
            assert len(row) <= 4
            assert all(len((button.callback_data or "").encode()) <= CALLBACK_BYTES for button in row)
            assert all(button.text.strip() for button in row)


@given(names)
def test_only_who_looks_after_a_group_from_now_on_is_mentioned(name: str):
    view = group_menus.handed_over(group(), KnownUser(MEMBER, name), "@Ann_A")
    mentions = [entity.user.id for entity, _ in entities_of(view) if entity.user is not None]
    assert mentions == [MEMBER]
    assert {entity.type for entity, _ in entities_of(view)} <= {"bold", "code", "text_mention"}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_answers_a_tap_fits(name: str):
    user = KnownUser(MEMBER, name)
    muted = group(name, mutes={MEMBER: START + timedelta(days=1)})
    for text in (
        group_cards.hidden_here(),
        group_cards.muted_toast(muted, MEMBER, START),
        group_cards.unmuted_toast(muted),
        *(group_cards.joining_toast(group(name, joining=joining)) for joining in Joining),
        group_menus.removed_toast(muted, user),
        group_menus.handed_over_toast(muted, user),
        group_menus.not_here(user),
    ):
        assert 0 < utf16_length(text) <= ALERT_UNITS


def labels(view: View) -> list[str]:
    rows = view.keyboard.inline_keyboard if view.keyboard else ()
    return [button.text for row in rows for button in row]


@pytest.mark.parametrize(
    ("viewer", "expected"),
    [
        (VIEWERS[0], ["Leave", "🔕 Mute", "✏️ Edit", "🙋 Invite", "🗑 Delete"]),
        (VIEWERS[1], ["Leave", "🔕 Mute"]),
        (VIEWERS[2], ["Join", "🗑 Delete"]),
        (VIEWERS[3], ["Join"]),
    ],
)
def test_each_sees_the_buttons_for_what_they_may(viewer: Viewer, expected: list[str]):
    for place in (IN_GROUP, IN_PRIVATE):
        view = group_cards.card(group(), place, viewer, around())
        assert labels(view) == [*expected, "« Back to the list"]


def test_d32_admins_are_offered_to_hand_over_a_group_whose_creator_left():
    near = around(absent=frozenset({CREATOR}))
    assert "👑 Hand over" in labels(group_cards.card(group(), IN_PRIVATE, VIEWERS[2], near))
    assert "👑 Hand over" not in labels(group_cards.card(group(), IN_PRIVATE, VIEWERS[2], around()))
    assert "👑 Hand over" not in labels(group_cards.card(group(), IN_PRIVATE, VIEWERS[1], near))


def test_in_the_chat_what_is_for_the_creator_leads_into_private():
    view = group_cards.card(group(), IN_GROUP, VIEWERS[0], around(invitations=2))
    urls = [button.url for row in view.keyboard.inline_keyboard for button in row if button.url]  # type: ignore[union-attr]
    assert urls == [f"https://t.me/gub_bot?start={way}_{ID}" for way in ("group", "invite")]


def test_d33_who_has_open_invitations_can_get_at_them():
    assert "✉️ Invitations: 2" in labels(group_cards.card(group(), IN_PRIVATE, VIEWERS[0], around(invitations=2)))
    assert not any(
        "Invitations" in label for label in labels(group_cards.card(group(), IN_PRIVATE, VIEWERS[0], around()))
    )


def test_a_closed_group_is_not_joined_by_a_tap():
    for joining in (Joining.INVITE, Joining.HIDDEN):
        assert "Join" not in labels(group_cards.card(group(joining=joining), IN_PRIVATE, VIEWERS[3], around()))


def test_a_card_says_it_all():
    users = {CREATOR: KnownUser(CREATOR, "Ann"), MEMBER: KnownUser(MEMBER, "Bob", "B."), 7: KnownUser(7, "Gus")}
    near = Around(START, users, absent=frozenset({CREATOR}))
    one = group(description="evenings", invited=(7, "@carl", 8), mutes={MEMBER: START + timedelta(minutes=30)})
    assert text_of(group_cards.card(one, IN_PRIVATE, VIEWERS[1], near)) == (
        "🎮 Warzone in Squad\nevenings\n\n🚪 Anybody in the chat can join.\nLooked after by Ann, who left the chat.\n"
        "2 members: Bob B., Ann (left the chat).\nInvited: Gus, @carl, somebody\n\n"
        "🔕 You're in it: calls don't ping you for 30 minutes."
    )
    assert "You're in it" not in text_of(group_cards.card(one, IN_GROUP, VIEWERS[1], near)), "the others read it too"


@pytest.mark.parametrize(("size", "more"), [(1, ""), (50, ""), (51, "and 1 more"), (500, "and 450 more")])
def test_a_card_names_fifty_members_and_counts_the_others(size: int, more: str):
    text = text_of(group_cards.card(crowd(size=size), IN_PRIVATE, VIEWERS[0], around()))
    assert text.count("Ann") == 1 + min(size, 50) + 10
    assert more in text
    assert ("members" in text) is (size > 1)


def test_what_was_muted_until_a_time_that_has_passed_is_not_muted():
    one = group(mutes={MEMBER: START})
    assert "🔕 Mute" in labels(group_cards.card(one, IN_PRIVATE, VIEWERS[1], around()))
    assert "calls ping you" in text_of(group_cards.card(one, IN_PRIVATE, VIEWERS[1], around()))
    forever = group(mutes={MEMBER: None})
    assert "🔔 Unmute" in labels(group_cards.card(forever, IN_PRIVATE, VIEWERS[1], around()))


def groups_of(count: int, size: int, name: str = "Warzone") -> list[NotifyGroup]:
    return [
        group(f"{name}{n}", members=tuple(range(n * size, (n + 1) * size)), description="x" * 256) for n in range(count)
    ]


@pytest.mark.parametrize("person", ["Ann", "@ann_with_a_username", "🎮" * 40, "x" * 64])
@pytest.mark.parametrize(("count", "size"), [(12, 30), (100, 500), (1, 500)])
def test_d20_a_list_takes_few_messages(count: int, size: int, person: str):
    groups = groups_of(count, size, "@all")
    users = {user: KnownUser(user, person) for one in groups for user in one.members}
    view = group_list.listed(groups, [], Around(START, users))
    assert messages_of(view) <= (4 if (count, size) == (12, 30) else 7)
    text = text_of(view)
    assert all(one.name in text for one in groups)
    assert ("and 495 more" in text) is (count == 100)
    assert all(len(rendered(item)[1]) <= 2 for item in view.items), "an item is never divided with its entities"
    assert {entity.type for entity, _ in entities_of(view)} <= {"bold", "code"}


def test_a_list_for_reading():
    users = {1: KnownUser(1, "Ann"), 2: KnownUser(2, "Bob"), CREATOR: KnownUser(CREATOR, "Carl")}
    groups = [
        group("A", members=(1, 2), invited=("@dora",)),
        group("B", members=(), joining=Joining.INVITE, description="d"),
    ]
    assert text_of(group_list.listed(groups, ["X", "y"], Around(START, users))) == (
        "🎮 A - 2 members, looked after by Carl\nAnn, Bob\nInvited: @dora\n\n"
        "🎮 B 🔒 - 0 members, looked after by Carl\nd\n\nThere is no group X, y here."
    )
    assert "No groups yet" in text_of(group_list.listed([], [], Around(START)))
    assert text_of(group_list.listed([], ["X"], Around(START))) == "There is no group X here."
    assert text_of(group_list.listed([], ["X"] * 2000, Around(START))).endswith("and 1990 more here.")


def test_the_list_marks_where_the_viewer_is_in():
    groups = [group("A"), group("B", members=(), joining=Joining.INVITE), group("C", joining=Joining.HIDDEN)]
    view = group_list.group_list(groups, IN_PRIVATE, VIEWERS[1])
    assert labels(view) == ["✓ A", "B 🔒", "✓ C 🙈", "Make a group"]
    assert "3 groups" in text_of(view)
    kept_back = group_list.group_list(groups[:2], IN_GROUP, VIEWERS[1], kept_back=True)
    assert labels(kept_back) == ["✓ A", "B 🔒", "Make a group", "Open in private"]
    assert "in private only" in text_of(kept_back)
    for place in (IN_GROUP, IN_PRIVATE):
        assert "No groups" in text_of(group_list.group_list([], place, VIEWERS[1]))
    assert "in private only" in text_of(group_list.group_list([], IN_GROUP, VIEWERS[1], kept_back=True))


def test_labels_hold_the_words_that_people_look_for():
    said = " ".join(label for view in shown("Zed", "Ann") for label in labels(view))
    for word in ("Confirm", "Cancel", "Edit", "Delete", "Join", "Leave", "Revoke"):
        assert word in said


def test_what_opens_a_list_opens_its_first_page():
    page_of_groups = replace(IN_PRIVATE, page=7)
    near = around(absent=frozenset({CREATOR}), invitations=1)
    for view in (
        group_menus.edit_menu(group(), page_of_groups),
        group_cards.card(group(), page_of_groups, VIEWERS[0], near),
        group_cards.card(group(), page_of_groups, VIEWERS[2], near),
    ):
        rows = view.keyboard.inline_keyboard if view.keyboard else ()
        taps = [(button.callback_data or "").split(":") for row in rows for button in row]
        pages = {tap[1]: tap[-1] for tap in taps if tap[0] == "gc"}
        assert all(page == ("0" if action in ("people", "hand", "inv") else "7") for action, page in pages.items())
        assert pages
