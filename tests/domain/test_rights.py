"""Who may do what to a status user."""

from hypothesis import given
from hypothesis import strategies as st

from gub.domain import rights
from gub.domain.values import StatusUser, Visibility

USERS = st.integers(1, 4)
PEOPLE = st.builds(
    StatusUser,
    id=st.just("0" * 24),
    chat_id=st.just(-1),
    keeper_id=USERS,
    display_name=st.just("Zed"),
    visibility=st.sampled_from(Visibility),
    person_id=st.none() | USERS,
)


@given(PEOPLE, USERS, st.booleans())
def test_keeper_and_person_shown_edit_and_being_an_admin_adds_deleting_alone(
    person: StatusUser, user: int, is_admin: bool
):
    concerned = user in (person.keeper_id, person.person_id)
    assert rights.may_edit(person, user) == concerned
    assert rights.may_delete(person, user, is_admin=is_admin) == (concerned or is_admin)


@given(PEOPLE)
def test_exactly_one_user_chooses_when_somebody_is_shown(person: StatusUser):
    (chooser,) = {user for user in range(1, 5) if rights.may_show(person, user)}
    assert chooser == (person.person_id or person.keeper_id)


@given(PEOPLE, USERS, st.booleans())
def test_who_said_to_be_somebody_may_take_it_back(person: StatusUser, user: int, is_admin: bool):
    if person.person_id is None:
        assert not rights.may_unclaim(person, user, is_admin=is_admin)
    if person.person_id == user:
        assert rights.may_unclaim(person, user, is_admin=is_admin)


@given(PEOPLE, USERS, st.booleans())
def test_a_keeper_never_gets_back_the_choice_of_somebody_who_is_not_shown_to_everyone(
    person: StatusUser, user: int, is_admin: bool
):
    chosen = person.person_id not in (None, person.keeper_id) and person.visibility is not Visibility.EVERYONE
    if chosen and user == person.keeper_id:
        assert not rights.may_show(person, user)
        assert not rights.may_unclaim(person, user, is_admin=is_admin)


@given(PEOPLE, USERS, st.booleans())
def test_the_hidden_are_found_by_who_may_do_something(person: StatusUser, user: int, is_admin: bool):
    found = rights.may_find(person, user, is_admin=is_admin)
    assert found == (
        person.visibility is not Visibility.HIDDEN or is_admin or user in (person.keeper_id, person.person_id)
    )
