"""Invitations are in the language of their chat, whoever asks for them, and when they are shown anew."""

from gub.domain.languages import Language
from gub.domain.values import Ended
from gub.sandbox.telegram.models import Chat, SimMessage, User
from gub.telegram.views import invitations as views
from gub.telegram.words import speaking, words
from tests.telegram.handlers.conftest import Stage
from tests.telegram.handlers.invitations.conftest import Upkeep
from tests.telegram.handlers.invitations.test_inviting import begun, chosen, keyboard

Crowd = dict[str, User]

INVITES = "📨 Ann lädt euch in die Gruppe Warzone ein"


async def last_shown(stage: Stage, chat: Chat) -> SimMessage:
    return [message for message in stage.by_bot(chat) if message.text.startswith(INVITES)][-1]


async def test_asked_for_in_private_it_is_in_the_language_of_the_group(stage: Stage, squad: Chat, ann: User, bob: User):
    await begun(stage, ann, squad)
    await stage.parts.languages.choose(squad.id, Language.GERMAN)
    (done,) = await chosen(stage, ann, bob)
    assert done.text.startswith("📨 I asked Bob to join Warzone"), "Ann reads English"
    with speaking(Language.GERMAN):
        assert words("Tap Accept to be called too.") in (await last_shown(stage, squad)).text


async def test_the_dialog_speaks_the_language_of_the_person(stage: Stage, squad: Chat, ann: User, bob: User):
    await stage.parts.languages.choose(ann.id, Language.GERMAN)
    await begun(stage, ann, squad)
    assert (await chosen(stage, ann, bob))[0].text.startswith("📨 Ich habe Bob in die Gruppe Warzone")
    assert "📨 Ann invites you into Warzone" in stage.by_bot(squad)[-1].text, "the chat reads English"


async def test_cancel_is_known_in_the_language_of_its_keyboard(stage: Stage, squad: Chat, ann: User):
    await stage.parts.languages.choose(ann.id, Language.GERMAN)
    await begun(stage, ann, squad)
    shown = keyboard(stage, ann)
    assert shown is not None
    assert [button["text"] for button in shown.buttons][1] == "Abbrechen"
    await stage.parts.languages.choose(ann.id, Language.ENGLISH)
    assert (await stage.answer(ann, ann, "Abbrechen")).text == "OK, nobody was invited."


async def test_answers_are_shown_in_the_language_of_the_chat(
    upkeep: Upkeep, stage: Stage, squad: Chat, ann: User, bob: User
):
    await stage.parts.languages.choose(squad.id, Language.GERMAN)
    await begun(stage, ann, squad)
    await chosen(stage, ann, bob)
    message = await last_shown(stage, squad)
    with speaking(Language.GERMAN):
        accept, answered = words("Accept"), words(views.ENDS[Ended.ANSWERED])
    await stage.press(bob, message, accept)
    await upkeep.show()
    assert message.text.startswith(INVITES)
    assert message.text.endswith(answered)


async def test_those_who_are_called_beside_are_called_in_the_language_of_the_chat(
    stage: Stage, squad: Chat, ann: User, crowd: Crowd
):
    """More than one message can ping are asked: the others are called by messages of the ringer."""
    await stage.parts.languages.choose(squad.id, Language.GERMAN)
    names = " ".join(f"@{person.username}" for person in crowd.values())
    await stage.said(ann, squad, f"/invite Warzone {names}")
    further = stage.by_bot(squad)[-1].text
    assert further.startswith("📨 Gruppe Warzone: Ihr seid auch eingeladen, siehe oben: ")
