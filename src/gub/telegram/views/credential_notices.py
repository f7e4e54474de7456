"""What owners are told of credentials unasked: what only they can mend, and how."""

from typing import Final

from aiogram.utils.formatting import Text

from gub.domain.values import Platform
from gub.services.credentials import words as wording
from gub.services.credentials.watch import News, Notice
from gub.telegram import words as chat
from gub.telegram.showing import View
from gub.telegram.views.credentials import give_button
from gub.telegram.views.keyboards import rows
from gub.telegram.views.parts import lines, typed
from gub.telegram.words import said, words

_ENTRA: Final = "https://entra.microsoft.com"


_PASSING: Final = {News.SILENT: "⚠️ ", News.BACK: "✅ "}
"""What passes by itself, and the sign of it: nobody has to do anything."""


def notice(told: Notice) -> View:
    """Tell an owner what only they can mend, and how; or what passes by itself."""
    if told.news in _PASSING:
        return View([Text(_PASSING[told.news], wording.notice(told, chat))])
    why = words("To know why: /credentials, “{check}”.", check=words("Check now")) if told.news is News.DEAD else None
    return View(
        lines(Text("⚠️ " if told.news is not News.DEAD else "⛔ ", wording.notice(told, chat)), "", *_advice(told), why),
        rows([give_button(told.platform)]) if _mended_here(told) else None,
    )


def _advice(told: Notice) -> list[Text | str]:
    match told.platform, told.news:
        case platform, News.UNREADABLE:
            return [
                words("Start me with the GUB_SECRET_KEY that it was stored with. If that is lost, on the machine:"),
                typed(f"gub credentials remove {platform}"),
                typed(f"gub credentials {platform}"),
            ]
        case Platform.XBOX, News.SECRET_ENDING:
            return [
                words(
                    "Make a new client secret for the app ({page}, App registrations, Certificates & secrets),",
                    page=_ENTRA,
                ),
                said(
                    "then on the machine that I run on: {command}",
                    command=typed("gub credentials xbox --secret-expires YYYY-MM-DD"),
                ),
            ]
        case Platform.XBOX, _:
            return [
                said(
                    "Sign in anew: tap below, or on the machine that I run on: {command}",
                    command=typed("gub credentials xbox"),
                )
            ]
        case Platform.PSN, _:
            return [
                said(
                    "Give me a new NPSSO: tap below, or on the machine: {command}", command=typed("gub credentials psn")
                )
            ]
        case _:
            return [
                said(
                    "Give me another key: tap below, or on the machine: {command}",
                    command=typed("gub credentials steam"),
                )
            ]


def _mended_here(told: Notice) -> bool:
    return told.news not in {News.SECRET_ENDING, News.UNREADABLE}
