"""Who may do what to a status user. Pure rules over the rights of now; who is in the chat is checked before.

The keeper and the person shown look after the entry. Admins of the chat may take anybody off the list and edit nobody.
When /status shows a person is the keeper's choice until it is known who they are, and from then on theirs alone.
"""

from gub.domain.values import StatusUser, Visibility


def may_edit(person: StatusUser, user_id: int) -> bool:
    """Say whether a user may change the name and the accounts, and see what the accounts are called."""
    return user_id in (person.keeper_id, person.person_id)


def may_delete(person: StatusUser, user_id: int, *, is_admin: bool) -> bool:
    """Say whether a user may take the person off the list."""
    return is_admin or may_edit(person, user_id)


def may_show(person: StatusUser, user_id: int) -> bool:
    """Say whether a user may choose when the person is shown."""
    return user_id == (person.keeper_id if person.person_id is None else person.person_id)


def may_unclaim(person: StatusUser, user_id: int, *, is_admin: bool) -> bool:
    """Say whether a user may undo that somebody said that this is them.

    An admin may; but not who keeps a person that chose not to be shown to everyone: the choice would be the keeper's
    again.
    """
    if person.person_id is None:
        return False
    if person.person_id == user_id:
        return True
    return is_admin and (user_id != person.keeper_id or person.visibility is Visibility.EVERYONE)


def may_find(person: StatusUser, user_id: int, *, is_admin: bool) -> bool:
    """Say whether a user finds the person on the list that /people gives: who is hidden, only who may do something."""
    return person.visibility is not Visibility.HIDDEN or may_delete(person, user_id, is_admin=is_admin)
