"""What owners are told of credentials, in the command line and in the chat alike. No text holds a secret.

The command line speaks English; the chat gives its own way of wording, which translates.
"""

from datetime import datetime, timedelta
from typing import Final, Protocol

from gub.domain.credentials import CredentialState, CredentialStatus
from gub.domain.errors import CredentialInvalid, PlatformTrouble
from gub.domain.languages import mark
from gub.domain.values import Platform
from gub.services.credentials.book import Standing
from gub.services.credentials.watch import News, Notice

NAMES: Final = {Platform.XBOX: "Xbox", Platform.PSN: "PlayStation", Platform.STEAM: "Steam"}

_DAY: Final = timedelta(days=1)
_HOUR: Final = timedelta(hours=1)

NPSSO_PAGE: Final = "https://ca.account.sony.com/api/v1/ssocookie"
STEAM_KEY_PAGE: Final = "https://steamcommunity.com/dev/apikey"

_FORMS: Final = {
    Platform.XBOX: mark("That can't be it."),
    Platform.PSN: mark("That is no NPSSO."),
    Platform.STEAM: mark("That is not a Steam Web API key: it has 32 hexadecimal digits."),
}

_TROUBLES: Final = {
    "no_credential": mark("{name}: there is no credential."),
    "unavailable": mark(
        "{name} gives no usable answer now ({detail}), so it could not be tried. Please try again later."
    ),
    "rate_limited": mark("{name} asks to slow down, so it could not be tried. Please try again in some minutes."),
}

_REFUSALS: Final = {
    Platform.XBOX: mark("Xbox refuses it."),
    Platform.PSN: mark("PlayStation refuses it."),
    Platform.STEAM: mark("Steam refuses that key."),
}

_MEANINGS: Final = {
    "invalid_grant": mark(
        "Microsoft does not accept this sign-in (any more): it was used already, has ended or was withdrawn. "
        "Sign in anew."
    ),
    "invalid_client": mark(
        "Microsoft does not accept the client id with this client secret: one is wrong, or the secret has expired."
    ),
    "unauthorized_client": mark(
        "Microsoft does not let this app sign people in: its account type has to be "
        "“Personal Microsoft accounts only”, and it needs a client secret."
    ),
    "no refresh token": mark("Microsoft gave no refresh token, so the sign-in cannot last. Sign in anew."),
    "expired_token": mark("The code has expired. Begin anew."),
    "authorization_declined": mark("The sign-in was declined."),
    "the NPSSO has expired": mark("Sony does not accept this NPSSO (any more). A new one: {page}"),
    "terms of service to accept": mark(
        "Sony wants its new terms accepted first: sign in at https://my.account.sony.com with this account, accept "
        "them, then try again."
    ),
}

DETAILS: Final = frozenset(
    {
        mark("That is not an address."),
        mark("Microsoft did not let the sign-in through."),
        mark("There is no code in it: paste the whole address that the browser ended at."),
        mark("It belongs to another sign-in: use the newest link."),
        mark("the Xbox account is banned"),
        mark("the Xbox account is restricted by a guardian"),
        mark("the Microsoft account has no Xbox profile"),
        mark("Xbox Live has new terms of service to accept"),
        mark("Xbox Live is not available in the account's region"),
        mark("the Xbox account needs a proof of age"),
        mark("the Xbox account is a child's and belongs to no family"),
        mark("A credential is stored encrypted and GUB_SECRET_KEY is not set: set it as it was."),
    }
)
"""What the platforms' clients and the store say that has a translation; all else they say is English everywhere."""

_MENDING: Final = {
    Platform.XBOX: "gub credentials xbox",
    Platform.PSN: "gub credentials psn",
    Platform.STEAM: "gub credentials steam",
}


class Wording(Protocol):
    """How a text gets into the language of who reads it."""

    def words(self, text: str, **values: str | int) -> str:
        """Word a text, whose values are named in braces."""

    def words_many(self, one: str, many: str, count: int, **values: str | int) -> str:
        """Word a text with a number in it, which it may name as `{count}`."""


class English:
    """Words texts as they stand in the code."""

    def words(self, text: str, **values: str | int) -> str:
        """See `Wording`."""
        return text.format_map(values)

    def words_many(self, one: str, many: str, count: int, **values: str | int) -> str:
        """See `Wording`."""
        return (one if count == 1 else many).format_map({"count": count, **values})


ENGLISH: Final[Wording] = English()


def invalid(error: CredentialInvalid, say: Wording = ENGLISH) -> str:
    """Word what is wrong with what was given."""
    form = say.words(_FORMS[Platform(error.platform)])
    return _with_detail(form, error.problem, say) if error.problem else form


def trouble(error: PlatformTrouble, say: Wording = ENGLISH) -> str:
    """Word why a credential could not be proved."""
    platform = Platform(error.platform)
    if error.reason == "wrong_secret_key":
        return detailed(error.detail, say)
    if error.reason != "credential_dead":
        text = _TROUBLES.get(error.reason, _TROUBLES["unavailable"])
        return say.words(text, name=NAMES[platform], detail=error.detail)
    return refusal(platform, error.detail, say)


def refusal(platform: Platform, detail: str, say: Wording = ENGLISH) -> str:
    """Word why a platform refuses a credential, by what its client said of it."""
    if detail in _MEANINGS:
        return say.words(_MEANINGS[detail], page=NPSSO_PAGE)
    refused = say.words(_REFUSALS[platform])
    return refused if platform is Platform.STEAM or not detail else _with_detail(refused, detail, say)


def detailed(detail: str, say: Wording = ENGLISH) -> str:
    """Word what a platform's client or the store says."""
    return say.words(detail) if detail in DETAILS else detail


def standing(one: Standing, now: datetime) -> str:
    """Word how a credential stands, for the command line."""
    if one.unreadable is not None:
        return one.unreadable
    if one.state is None:
        return "none"
    return "; ".join([_STATUS[one.state.status].format(mending=_MENDING[one.platform]), *ends(one.state, now)])


def ends(state: CredentialState, now: datetime, say: Wording = ENGLISH) -> list[str]:
    """Word what ends when. A dead one has no sign-in that could."""
    told = []
    if state.expires_at is not None and not is_dead(state):
        told.append(say.words("sign-in {ends}", ends=left(state.expires_at, now, say)))
    if state.secret_expires_at is not None:
        told.append(say.words("client secret {ends}", ends=left(state.secret_expires_at, now, say)))
    return told


def left(end: datetime, now: datetime, say: Wording = ENGLISH) -> str:
    """Word how much time is left, to the nearest day, or in whole hours when it is less than one."""
    rest, date = end - now, f"{end:%Y-%m-%d}"
    if rest <= timedelta(0):
        return say.words("ended on {date}", date=date)
    if rest >= _DAY:
        return say.words_many(
            "ends in {count} day ({date})", "ends in {count} days ({date})", round(rest / _DAY), date=date
        )
    hours = max(1, int(rest / _HOUR))
    return say.words_many("ends in {count} hour ({date})", "ends in {count} hours ({date})", hours, date=date)


def notice(told: Notice, say: Wording = ENGLISH) -> str:
    """Word the head line of a notice."""
    name = NAMES[told.platform]
    if told.news is News.UNREADABLE:
        return say.words("I can't decrypt my {name} credential, so /status goes without {name}.", name=name)
    if told.news is News.SILENT:
        silent = say.words("{platform} isn't answering right now.", platform=name)
        return f"{silent} {say.words('I keep asking, and tell you when it does.')}"
    if told.news is News.BACK:
        return say.words("{platform} answers again.", platform=name)
    if told.news is News.DEAD or told.end is None:
        return say.words("{name} doesn't accept my credential any more, so /status goes without {name}.", name=name)
    end = left(told.end, told.at, say)
    if told.news is News.SECRET_ENDING:
        return say.words("My {name} client secret {ends}.", name=name, ends=end)
    return say.words("My {name} sign-in {ends}.", name=name, ends=end)


def is_dead(state: CredentialState | None) -> bool:
    """Say whether a platform is off because of its credential."""
    return state is not None and state.status is CredentialStatus.DEAD


_STATUS: Final = {
    CredentialStatus.OK: "ok",
    CredentialStatus.UNPROVED: "not tried yet",
    CredentialStatus.DEAD: "dead: the platform refuses it; a new one: {mending}",
}


def _with_detail(text: str, detail: str, say: Wording) -> str:
    """Put what is said more exactly behind a sentence."""
    return f"{text.removesuffix('.')}: {detailed(detail, say).removesuffix('.')}."
