"""Who may do what to a notify group."""

from hypothesis import given
from hypothesis import strategies as st

from gub.domain import group_rights as rights
from gub.domain.values import Joining, NotifyGroup

USERS = st.integers(1, 4)
GROUPS = st.builds(
    NotifyGroup,
    id=st.just("0" * 24),
    chat_id=st.just(-1),
    creator_id=USERS,
    name=st.just("Duo"),
    description=st.none(),
    members=st.lists(USERS, unique=True).map(tuple),
    invited=st.lists(USERS, unique=True).map(tuple),
    joining=st.sampled_from(Joining),
)


@given(GROUPS, USERS, st.booleans())
def test_admins_delete_any_group_and_edit_none(group: NotifyGroup, user: int, is_admin: bool):
    assert rights.may_edit(group, user) == (user == group.creator_id)
    assert rights.may_delete(group, user, is_admin=is_admin) == (is_admin or user == group.creator_id)


@given(GROUPS, USERS, st.booleans(), st.booleans())
def test_d32_an_admin_hands_over_only_a_group_whose_creator_left(
    group: NotifyGroup, user: int, is_admin: bool, here: bool
):
    may = rights.may_hand_over(group, user, is_admin=is_admin, creator_is_here=here)
    assert may == (user == group.creator_id or (is_admin and not here))


@given(GROUPS, USERS)
def test_members_and_the_creator_call(group: NotifyGroup, user: int):
    assert rights.may_call(group, user) == (user in (*group.members, group.creator_id))


@given(GROUPS, USERS, st.booleans())
def test_a_hidden_group_is_found_by_who_belongs_to_it(group: NotifyGroup, user: int, is_admin: bool):
    belongs = user in (*group.members, *group.invited, group.creator_id) or is_admin
    assert rights.may_find(group, user, is_admin=is_admin) == (belongs or group.joining is not Joining.HIDDEN)


@given(GROUPS, USERS)
def test_an_open_group_takes_in_anybody_and_any_other_its_creator(group: NotifyGroup, user: int):
    assert rights.may_join(group, user) == (group.joining is Joining.OPEN or user == group.creator_id)
