"""What owners read about credentials."""

from datetime import timedelta
from pathlib import Path

import pytest

import gub
from gub.domain.credentials import CredentialState, CredentialStatus
from gub.domain.errors import CredentialInvalid, PlatformTrouble
from gub.domain.languages import Language
from gub.domain.values import Platform
from gub.services.credentials import Standing, words
from gub.services.credentials.watch import News, Notice
from gub.telegram.showing import View
from gub.telegram.views import credentials as views
from gub.telegram.views.credential_notices import notice
from gub.telegram.words import speaking
from tests.support.clock import START

DAY = timedelta(days=1)
OK, DEAD = CredentialStatus.OK, CredentialStatus.DEAD


def text_of(view: View) -> str:
    return "".join(item if isinstance(item, str) else item.render()[0] for item in view.items)


def labels(view: View) -> list[list[str]]:
    return [[button.text for button in row] for row in view.keyboard.inline_keyboard] if view.keyboard else []


def test_what_cannot_be_read_is_said_once_also_by_a_check() -> None:
    why = "A credential was encrypted with another GUB_SECRET_KEY."
    state = CredentialState(Platform.PSN, OK, START)
    view = views.overview([Standing(Platform.PSN, state, why)], START, {Platform.PSN: why})
    assert text_of(view).count(why) == 1


def test_the_overview_says_what_is_left_and_offers_what_can_be_done() -> None:
    standings = [
        Standing(Platform.XBOX, CredentialState(Platform.XBOX, OK, START, START + 80 * DAY, START + 12 * DAY)),
        Standing(Platform.PSN, CredentialState(Platform.PSN, DEAD, START - 2 * DAY, START + 3 * DAY)),
        Standing(Platform.STEAM),
    ]
    view = views.overview(standings, START + timedelta(minutes=5), {Platform.PSN: "It said no."})
    assert text_of(view) == (
        "Credentials\n\n"
        "🔑 Xbox: works (5 minutes ago)\n"
        "· sign-in ends in 80 days (2027-02-10)\n"
        "· client secret ends in 12 days (2026-12-04)\n"
        "⛔ PlayStation: doesn't work any more (2 days ago)\n"
        "It said no.\n"
        "▫️ Steam: none"
    )
    assert labels(view) == [
        ["Sign in to Xbox"],
        ["Set NPSSO", "Set Steam key"],
        ["Check now"],
        ["Delete Xbox", "Delete PlayStation"],
    ]
    nothing = views.overview([Standing(platform) for platform in Platform], START)
    assert labels(nothing) == [["Set NPSSO", "Set Steam key"]]


def test_buttons_fit_into_what_telegram_takes() -> None:
    for view in (
        views.ask_to_delete(Platform.STEAM),
        views.ask_npsso("0123456789"),
        views.refused("no", "0123456789", deleted=True),
    ):
        assert view.keyboard is not None
        for row in view.keyboard.inline_keyboard:
            assert all(len((button.callback_data or "").encode()) <= 64 for button in row)


@pytest.mark.parametrize(
    ("rest", "words_"),
    [
        (timedelta(days=14), "ends in 14 days (2026-12-06)"),
        (timedelta(days=1, hours=5), "ends in 1 day (2026-11-23)"),
        (timedelta(hours=1, minutes=59), "ends in 1 hour (2026-11-22)"),
        (timedelta(minutes=1), "ends in 1 hour (2026-11-22)"),
        (timedelta(0), "ended on 2026-11-22"),
        (-3 * DAY, "ended on 2026-11-19"),
    ],
)
def test_what_is_left_is_said(rest: timedelta, words_: str) -> None:
    assert words.left(START + rest, START) == words_


@pytest.mark.parametrize("platform", list(Platform))
@pytest.mark.parametrize("news", [one for one in News if one not in {News.SILENT, News.BACK}])
def test_every_notice_says_what_to_do(platform: Platform, news: News) -> None:
    view = notice(Notice(platform, news, START, None if news is News.DEAD else START + 3 * DAY))
    assert "gub credentials" in text_of(view)
    assert ("client secret" in text_of(view)) is (news is News.SECRET_ENDING)


@pytest.mark.parametrize("platform", list(Platform))
def test_what_passes_by_itself_asks_for_nothing(platform: Platform) -> None:
    silent, back = (notice(Notice(platform, news, START)) for news in (News.SILENT, News.BACK))
    assert "isn't answering right now. I keep asking" in text_of(silent)
    assert text_of(back).endswith("answers again.")
    assert (silent.keyboard, back.keyboard) == (None, None)


@pytest.mark.parametrize("platform", list(Platform))
@pytest.mark.parametrize(
    "reason", ["credential_dead", "no_credential", "wrong_secret_key", "unavailable", "rate_limited", "private", "else"]
)
def test_every_trouble_has_words(platform: Platform, reason: str) -> None:
    assert words.trouble(PlatformTrouble(platform, reason, "because of this")).endswith((".", "this"))
    assert words.invalid(CredentialInvalid(platform)).endswith(".")
    assert words.invalid(CredentialInvalid(platform, "it is empty")).endswith("it is empty.")


def test_it_is_always_said_when_a_message_could_not_be_deleted() -> None:
    for deleted in (True, False):
        for view in (
            views.trying(deleted=deleted),
            views.refused("No.", "1", deleted=deleted),
            views.taken(Platform.STEAM, [Standing(Platform.STEAM)], START, deleted=deleted),
        ):
            assert ("delete it yourself" in text_of(view)) is not deleted


def test_the_chat_speaks_the_language_of_the_owner_and_the_command_line_english() -> None:
    told = Notice(Platform.PSN, News.DEAD, START)
    with speaking(Language.GERMAN):
        assert text_of(notice(told)).startswith("⛔ PlayStation akzeptiert meine Zugangsdaten nicht mehr")
        assert words.notice(told).startswith("PlayStation doesn't accept my credential any more")


@pytest.mark.parametrize("detail", sorted(words.DETAILS))
def test_what_is_translated_of_the_inside_is_said_there(detail: str) -> None:
    source = Path(gub.__file__).parent
    said = [path for room in ("platforms", "store") for path in (source / room).rglob("*.py")]
    assert any(f'"{detail}"' in path.read_text("utf-8") for path in said)
