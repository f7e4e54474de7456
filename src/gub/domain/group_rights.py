"""Who may do what to a notify group. Pure rules over the rights of now; who is in the chat is checked before.

The creator looks after the group. Admins of the chat may delete any group, give away one whose creator left the chat,
and change none.
"""

from gub.domain.values import Joining, NotifyGroup


def may_edit(group: NotifyGroup, user_id: int) -> bool:
    """Say whether a user may change the group, invite into it, take invitations back, and remove members."""
    return user_id == group.creator_id


def may_delete(group: NotifyGroup, user_id: int, *, is_admin: bool) -> bool:
    """Say whether a user may delete the group."""
    return is_admin or may_edit(group, user_id)


def may_hand_over(group: NotifyGroup, user_id: int, *, is_admin: bool, creator_is_here: bool) -> bool:
    """Say whether a user may make a member the creator."""
    return may_edit(group, user_id) or (is_admin and not creator_is_here)


def may_join(group: NotifyGroup, user_id: int) -> bool:
    """Say whether a user may come in without an invitation: anybody, where that is so, and its creator again."""
    return group.joining is Joining.OPEN or may_edit(group, user_id)


def may_call(group: NotifyGroup, user_id: int) -> bool:
    """Say whether a user may call the group."""
    return user_id in group.members or may_edit(group, user_id)


def may_find(group: NotifyGroup, user_id: int, *, is_admin: bool = False) -> bool:
    """Say whether a user is told that the group exists: of a hidden one, who belongs to it and who may delete it."""
    if group.joining is not Joining.HIDDEN or user_id in group.members or user_id in group.invited:
        return True
    return may_delete(group, user_id, is_admin=is_admin)
