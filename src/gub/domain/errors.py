"""What can go wrong by the rules of the domain. The edge maps each to one text (telegram/views/errors.py)."""


class DomainError(Exception):
    """A request that the rules refuse. Carries facts for the text, never the text itself."""


class BadName(DomainError):
    """A display name or group name breaks the rules of `gub.domain.names`."""

    def __init__(self, problem: str, suggestion: str | None = None) -> None:
        """Keep which rule broke (`empty`, `too_long`, `invisible`, `white_space`) and a name that would do."""
        super().__init__(problem)
        self.problem = problem
        self.suggestion = suggestion


class BadDescription(DomainError):
    """A group's description is longer than `limits.DESCRIPTION_UNITS`, or nothing of it can be seen."""


class NameTaken(DomainError):
    """The chat already has one of that name, compared without regard to case."""

    def __init__(self, name: str) -> None:
        """Keep the name as it was asked for."""
        super().__init__(name)
        self.name = name


class GroupNotFound(DomainError):
    """No notify group of that name (or id) in this chat."""

    def __init__(self, name: str | None = None) -> None:
        """Keep the name as it was typed, when there was one."""
        super().__init__(name)
        self.name = name


class NotAMember(DomainError):
    """Only members may do this to the group."""

    def __init__(self, name: str, *, joinable: bool) -> None:
        """Keep the group's stored name and whether one may simply join it."""
        super().__init__(name)
        self.name = name
        self.joinable = joinable


class InviteOnly(DomainError):
    """The group takes members by invitation alone."""

    def __init__(self, name: str) -> None:
        """Keep the group's stored name."""
        super().__init__(name)
        self.name = name


class LimitReached(DomainError):
    """The group or the chat holds as many as GUB keeps (`gub.domain.limits`)."""

    def __init__(self, limit: int) -> None:
        """Keep the limit."""
        super().__init__(limit)
        self.limit = limit


class TooSoon(DomainError):
    """A call before the group's cool-down has passed."""

    def __init__(self, name: str, wait_seconds: int) -> None:
        """Keep the group's stored name and the whole seconds still to wait (at least 1)."""
        super().__init__(name, wait_seconds)
        self.name = name
        self.wait_seconds = wait_seconds


class AskedTooOften(DomainError):
    """One user asked for more than is fair in a short time."""

    def __init__(self, wait_seconds: int, what: str = "look-ups") -> None:
        """Keep the whole seconds to wait (at least 1), and of what it was too much."""
        super().__init__(wait_seconds, what)
        self.wait_seconds = wait_seconds
        self.what = what


class NobodyToCall(DomainError):
    """A call would ping nobody: the caller is the only member, or all others want to be left in peace."""

    def __init__(self, name: str, *, muted: bool = False, asleep: bool = False) -> None:
        """Keep the group's stored name, and whether others have muted it, or want peace from everybody now."""
        super().__init__(name)
        self.name = name
        self.muted = muted
        self.asleep = asleep


class ManyToCall(DomainError):
    """A call would ping so many that it is to be confirmed first."""

    def __init__(self, group_id: str, name: str, people: int) -> None:
        """Keep the group, its stored name, and how many would be pinged."""
        super().__init__(group_id, name, people)
        self.group_id = group_id
        self.name = name
        self.people = people


class OnlyCreator(DomainError):
    """Only the group's creator may do this."""

    def __init__(self, name: str, creator: str, action: str = "edit") -> None:
        """Keep the group's stored name, what its creator is called, and the action.

        Actions are `edit`, `invite`, `revoke`, `delete` (admins may as well) and `hand_over` (admins may, of a group
        whose creator left).
        """
        super().__init__(name, creator, action)
        self.name = name
        self.creator = creator
        self.action = action


class NotAmongMembers(DomainError):
    """Whoever is meant is not (or not any more) a member of the group."""

    def __init__(self, name: str) -> None:
        """Keep the group's stored name."""
        super().__init__(name)
        self.name = name


class CallOver(DomainError):
    """The call takes no answers any more."""


class OnlyCaller(DomainError):
    """Only who called can do that, or, if it is to close the call, an admin."""


class AnnouncementOver(DomainError):
    """There is no such announcement (any more), or it is past what was wished."""


class InvitationOver(DomainError):
    """The invitation asks nobody any more."""

    def __init__(self, why: str | None = None) -> None:
        """Keep why (`values.Ended`); None when that is not known any more."""
        super().__init__(why)
        self.why = why


class NotInvited(DomainError):
    """The invitation is not for whoever answers it."""


class AlreadyAnswered(DomainError):
    """Whoever answers the invitation has answered it before."""

    def __init__(self, *, accepted: bool, name: str) -> None:
        """Keep whether they accepted, and the group's name."""
        super().__init__(accepted, name)
        self.accepted = accepted
        self.name = name


class TooManyAtOnce(DomainError):
    """More people in one invitation than GUB asks at once."""

    def __init__(self, limit: int) -> None:
        """Keep the limit."""
        super().__init__(limit)
        self.limit = limit


class PersonNotFound(DomainError):
    """No such status user (any more)."""


class NotAllowed(DomainError):
    """This is not for whoever asked: the rights of now do not cover it."""

    def __init__(self, action: str) -> None:
        """Keep what was asked for: `edit`, `delete`, `show`, `unclaim` or `allow`."""
        super().__init__(action)
        self.action = action


class AdminsOnly(DomainError):
    """The chat's settings keep this to its admins."""

    def __init__(self, action: str) -> None:
        """Keep what was asked for: `create` (a group), `call` (one) or `add` (people to the list)."""
        super().__init__(action)
        self.action = action


class AlreadyClaimed(DomainError):
    """Somebody else has said that they are this status user."""


class LastAccount(DomainError):
    """A status user needs at least one account, and this is the only one left."""


class CredentialInvalid(DomainError):
    """What was given cannot be a credential of that platform. Never holds what was given."""

    def __init__(self, platform: str, problem: str = "") -> None:
        """Keep the platform, and what is wrong with it in words for its owner, where there is more to say."""
        super().__init__(platform)
        self.platform = platform
        self.problem = problem


class AccountNotFound(DomainError):
    """The platform knows no such account."""

    def __init__(self, platform: str, text: str) -> None:
        """Keep the platform and what was typed."""
        super().__init__(platform, text)
        self.platform = platform
        self.text = text


class AccountTextInvalid(DomainError):
    """What was typed cannot be an account of that platform."""

    def __init__(self, platform: str, text: str) -> None:
        """Keep the platform and what was typed."""
        super().__init__(platform, text)
        self.platform = platform
        self.text = text


class AccountsMissing(DomainError):
    """A status user was asked for without any account."""

    def __init__(self, name: str) -> None:
        """Keep the display name."""
        super().__init__(name)
        self.name = name


class PlatformTrouble(DomainError):
    """The platform cannot be asked now.

    The reason is `not_connected`, `no_credential`, `credential_dead`, `unavailable`, `rate_limited` or `private`.
    """

    def __init__(self, platform: str, reason: str, detail: str = "") -> None:
        """Keep the platform, the reason, one of the words above, and what an owner may be told beside it."""
        super().__init__(platform, reason)
        self.platform = platform
        self.reason = reason
        self.detail = detail
