"""What owners are told of credentials, in the command line and in the chat alike. No text holds a secret."""

from datetime import datetime, timedelta
from typing import Final

from gub.domain.credentials import CredentialState, CredentialStatus
from gub.domain.errors import CredentialInvalid, PlatformTrouble
from gub.domain.values import Platform
from gub.services.credentials.book import Standing
from gub.services.credentials.watch import News, Notice

NAMES: Final = {Platform.XBOX: "Xbox", Platform.PSN: "PlayStation", Platform.STEAM: "Steam"}

_DAY: Final = timedelta(days=1)
_HOUR: Final = timedelta(hours=1)

NPSSO_PAGE: Final = "https://ca.account.sony.com/api/v1/ssocookie"
STEAM_KEY_PAGE: Final = "https://steamcommunity.com/dev/apikey"

_FORMS: Final = {
    Platform.XBOX: "That can't be it.",
    Platform.PSN: "That is no NPSSO.",
    Platform.STEAM: "That is not a Steam Web API key: it has 32 hexadecimal digits.",
}

_TROUBLES: Final = {
    "no_credential": "{name}: there is no credential.",
    "unavailable": "{name} gives no usable answer now ({detail}), so it could not be tried. Please try again later.",
    "rate_limited": "{name} asks to slow down, so it could not be tried. Please try again in some minutes.",
}

_REFUSALS: Final = {
    Platform.XBOX: "Xbox refuses it",
    Platform.PSN: "PlayStation refuses it",
    Platform.STEAM: "Steam refuses that key.",
}

_MEANINGS: Final = {
    "invalid_grant": (
        "Microsoft does not accept this sign-in (any more): it was used already, has ended or was withdrawn. "
        "Sign in anew."
    ),
    "invalid_client": (
        "Microsoft does not accept the client id with this client secret: one is wrong, or the secret has expired."
    ),
    "unauthorized_client": (
        "Microsoft does not let this app sign people in: its account type has to be "
        "“Personal Microsoft accounts only”, and it needs a client secret."
    ),
    "no refresh token": "Microsoft gave no refresh token, so the sign-in cannot last. Sign in anew.",
    "expired_token": "The code has expired. Begin anew.",
    "authorization_declined": "The sign-in was declined.",
    "the NPSSO has expired": f"Sony does not accept this NPSSO (any more). A new one: {NPSSO_PAGE}",
    "terms of service to accept": (
        "Sony wants its new terms accepted first: sign in at https://my.account.sony.com with this account, accept "
        "them, then try again."
    ),
}

_MENDING: Final = {
    Platform.XBOX: "gub credentials xbox",
    Platform.PSN: "gub credentials psn",
    Platform.STEAM: "gub credentials steam",
}


def invalid(error: CredentialInvalid) -> str:
    """Word what is wrong with what was given."""
    platform = Platform(error.platform)
    return (
        f"{_FORMS[platform].removesuffix('.')}: {error.problem.removesuffix('.')}."
        if error.problem
        else _FORMS[platform]
    )


def trouble(error: PlatformTrouble) -> str:
    """Word why a credential could not be proved."""
    platform = Platform(error.platform)
    if error.reason == "wrong_secret_key":
        return error.detail
    if error.reason != "credential_dead":
        return _TROUBLES.get(error.reason, _TROUBLES["unavailable"]).format(name=NAMES[platform], detail=error.detail)
    return refusal(platform, error.detail)


def refusal(platform: Platform, detail: str) -> str:
    """Word why a platform refuses a credential, by what its client said of it."""
    if detail in _MEANINGS:
        return _MEANINGS[detail]
    if platform is Platform.STEAM or not detail:
        return _REFUSALS[platform].removesuffix(".") + "."
    return f"{_REFUSALS[platform]}: {detail.removesuffix('.')}."


def standing(one: Standing, now: datetime) -> str:
    """Word how a credential stands."""
    if one.unreadable is not None:
        return one.unreadable
    if one.state is None:
        return "none"
    return "; ".join([_STATUS[one.state.status].format(mending=_MENDING[one.platform]), *ends(one.state, now)])


def ends(state: CredentialState, now: datetime) -> list[str]:
    """Word what ends when. A dead one has no sign-in that could."""
    known = {"sign-in": None if is_dead(state) else state.expires_at, "client secret": state.secret_expires_at}
    return [f"{what} {left(end, now)}" for what, end in known.items() if end is not None]


def left(end: datetime, now: datetime) -> str:
    """Word how much time is left, to the nearest day, or in whole hours when it is less than one."""
    rest = end - now
    if rest <= timedelta(0):
        return f"ended on {end:%Y-%m-%d}"
    days, hours = round(rest / _DAY), int(rest / _HOUR)
    count, unit = (days, "day") if rest >= _DAY else (max(1, hours), "hour")
    return f"ends in {count} {unit}{'' if count == 1 else 's'} ({end:%Y-%m-%d})"


def notice(told: Notice) -> str:
    """Word the head line of a notice."""
    name = NAMES[told.platform]
    if told.news is News.UNREADABLE:
        return f"I can't decrypt my {name} credential, so /status goes without {name}."
    if told.news is News.DEAD or told.end is None:
        return f"{name} doesn't accept my credential any more, so /status goes without {name}."
    what = "client secret" if told.news is News.SECRET_ENDING else "sign-in"
    return f"My {name} {what} {left(told.end, told.at)}."


def is_dead(state: CredentialState | None) -> bool:
    """Say whether a platform is off because of its credential."""
    return state is not None and state.status is CredentialStatus.DEAD


_STATUS: Final = {
    CredentialStatus.OK: "ok",
    CredentialStatus.UNPROVED: "not tried yet",
    CredentialStatus.DEAD: "dead: the platform refuses it; a new one: {mending}",
}
