"""What Xbox Live's sign-in says when it refuses an account: the numbers called XErr (PrismarineJS/prismarine-auth)."""

from typing import Final

from gub.platforms import tolerant
from gub.platforms.errors import CredentialDead, Malformed, PlatformError, Unavailable
from gub.platforms.reply import Reply

_BANNED: Final = 2148916227
_GUARDIAN: Final = 2148916229
_NO_PROFILE: Final = 2148916233
_TERMS: Final = 2148916234
_REGION: Final = 2148916235
_PROOF_OF_AGE: Final = 2148916236
_PLAYTIME: Final = 2148916237
_CHILD: Final = 2148916238

# What only the owner can mend, in words that the owner is shown.
_DEAD: Final = {
    _BANNED: "the Xbox account is banned",
    _GUARDIAN: "the Xbox account is restricted by a guardian",
    _NO_PROFILE: "the Microsoft account has no Xbox profile",
    _TERMS: "Xbox Live has new terms of service to accept",
    _REGION: "Xbox Live is not available in the account's region",
    _PROOF_OF_AGE: "the Xbox account needs a proof of age",
    _CHILD: "the Xbox account is a child's and belongs to no family",
}
# Not the account but the user token is refused: it has ended, or is no longer known (XO_E_EXPIRED_USER_TOKEN and
# XO_E_INVALID_USER_TOKEN of Microsoft's XSAPI; the last number was seen by others in place of the second).
_USER_TOKEN: Final = frozenset({2148916258, 2148916261, 2148916262})
_UNAUTHORISED: Final = 401


def refusal(reply: Reply) -> PlatformError | None:
    """Say why the sign-in refuses the account; None when it only refuses the token that it was given.

    A number that is not in the table is no proof against the account.
    """
    if reply.status != _UNAUTHORISED:
        return None
    try:
        number = tolerant.whole(tolerant.entry(reply.json(), "XErr"))
    except Malformed:
        return None
    if not number or number in _USER_TOKEN:
        return None
    if number in _DEAD:
        return CredentialDead(_DEAD[number])
    if number == _PLAYTIME:
        return Unavailable("the Xbox account's playing time is used up")
    return Unavailable(f"XErr {number % 10**12}")
