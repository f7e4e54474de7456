"""Administrators' rights and members' permissions, by their names in the Bot API 10.3."""

from gub.sandbox.telegram.errors import WorldError

ADMIN_RIGHTS = (
    "can_manage_chat",
    "can_delete_messages",
    "can_manage_video_chats",
    "can_restrict_members",
    "can_promote_members",
    "can_change_info",
    "can_invite_users",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
    "can_send_welcome_messages",
)
GROUP_RIGHTS = ("can_pin_messages", "can_manage_topics", "can_manage_tags")
PERMISSIONS = (
    "can_send_messages",
    "can_send_audios",
    "can_send_documents",
    "can_send_photos",
    "can_send_videos",
    "can_send_video_notes",
    "can_send_voice_notes",
    "can_send_polls",
    "can_send_other_messages",
    "can_add_web_page_previews",
    "can_react_to_messages",
    "can_edit_tag",
    "can_change_info",
    "can_invite_users",
    "can_pin_messages",
    "can_manage_topics",
)
_NOT_BY_DEFAULT = {"can_promote_members", "is_anonymous"}
_KNOWN = {*ADMIN_RIGHTS, *GROUP_RIGHTS, "is_anonymous"}


def admin_rights(chosen: dict[str, bool] | list[str] | None = None) -> dict[str, bool]:
    """Complete a choice of rights: None is what the clients preselect, a list names those granted."""
    if chosen is None:
        return {right: right not in _NOT_BY_DEFAULT for right in _KNOWN}
    granted = set(chosen) if isinstance(chosen, list) else {right for right, given in chosen.items() if given}
    named = granted if isinstance(chosen, list) else set(chosen)
    if named - _KNOWN:
        raise WorldError(f"Unknown rights {sorted(named - _KNOWN)}. Known: {', '.join(sorted(_KNOWN))}.")
    return {right: right in granted or right == "can_manage_chat" for right in _KNOWN}
