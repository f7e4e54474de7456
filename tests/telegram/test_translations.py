"""Each translation fits its text: nothing is lost, nothing looks like a slip, and it is how friends talk."""

import pytest
from babel.messages.catalog import Catalog
from hypothesis import given
from hypothesis import strategies as st

from gub.domain.languages import Language
from gub.telegram.words import said, words
from tests.telegram.translations import Form, forms, wrong_with
from tools.catalogues import TRANSLATED, stored


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_translation_fits_its_text(language: Language):
    catalogue = stored(language)
    broken = [
        f"{form.text!r} for {form.key!r}: {wrong}"
        for message in catalogue
        if message.id
        for form in forms(message, catalogue, language)
        if form.text
        for wrong in wrong_with(form)
    ]
    assert not broken, "\n" + "\n".join(broken)


@pytest.mark.parametrize(
    ("key", "text", "language"),
    [
        ("{name} joined {group}.", "{name} ist in {gruppe}.", "de"),
        ("{name} joined.", "{name!r} ist da.", "de"),
        ("{name} joined.", "{name ist da.", "de"),
        ("Type {name}", "{}", "de"),
        ("/status shows it.", "/Status zeigt es.", "de"),
        ("Like xbox:TAG", "Wie Xbox TAG", "de"),
        ("for @somebody", "für jemand", "de"),
        ("Kept for 48 hours.", "Bleibt 24 Stunden.", "de"),
        ("🔕 Muted", "Stumm", "de"),
        ("🔕 Muted", "Stumm 🔕", "de"),
        (" in {chat}", "in {chat}", "de"),
        ("One.\nTwo.", "Eins. Zwei.", "de"),
        ("One two.", "Eins  zwei.", "de"),
        ("Who is it?", "Wer ist es .", "de"),
        ("Choose:", "Wähle", "de"),
        ("Done", "Fertig.", "de"),
        ("It is bold.", "Es ist <b>fett</b>.", "de"),
        ("It is bold.", "Es ist **fett**.", "de"),
        ("Who is on", "Кто в cети", "ru"),
        ("Who", "Kто", "ru"),
        ("with", "c", "ru"),
        ("Who is on", "Wer da іst", "de"),
        ("Say “hi”", "Sag “hallo”", "de"),
        ("Say “hi”", 'Di "hola"', "es"),
        ("Who is on?", "Quién está?", "es"),
        ("Hi everybody", "Hola, vosotros", "es"),
        ("What do you want", "Чего хотите, Вы", "ru"),
        ("What can you do", "Was kannst Du", "de"),
        ("They are in", "Bienvenido(a)", "es"),
        ("They are in", "todos/as", "es"),
        ("Everybody is here", "Alle Spieler*innen", "de"),
        ("This is still English", "This is still English", "de"),
    ],
)
def test_what_breaks_a_rule_is_found(key: str, text: str, language: str):
    assert wrong_with(Form(key, text, Language(language)))


@pytest.mark.parametrize(
    ("key", "text", "language"),
    [
        ("{name} calls {group}", "{group} wird von {name} gerufen", "de"),
        ("🎮 New group: {name}", "🎮 Neue Gruppe: {name}", "de"),
        ("/notify NAME your text", "/notify ИМЯ твой текст", "ru"),
        ("/invite NAME @somebody", "/invite ИМЯ @kto_to", "ru"),
        ("Who is on?", "¿Quién está?", "es"),
        ("Somebody said “That's me”.", "Кто-то написал «Это я».", "ru"),
        ("{platform} isn't answering.", "{platform} antwortet nicht.", "de"),
        (", page {page} of {pages}", ", página {page} de {pages}", "pt_BR"),
        ("Feedback", "Feedback", "de"),
        ("« Previous", "« Zurück", "de"),
        ("Xbox, PlayStation, Steam", "Xbox, PlayStation, Steam", "de"),
    ],
)
def test_what_keeps_the_rules_is_let_through(key: str, text: str, language: str):
    assert wrong_with(Form(key, text, Language(language))) == []


def test_only_a_form_for_exactly_one_leaves_the_number_out():
    def served(language: Language, *translated: str) -> list[list[str]]:
        catalogue = Catalog(language.value)
        message = catalogue.add(("{count} member", "{count} members"), translated)
        return [wrong_with(form) for form in forms(message, catalogue, language)]

    assert served(Language.GERMAN, "ein Mitglied", "{count} Mitglieder") == [[], []]
    assert served(Language.GERMAN, "{count} Mitglied", "Mitglieder")[1]
    assert served(Language.PORTUGUESE, "um membro", "{count} membros")[0], "0 has the form of 1"
    assert served(Language.RUSSIAN, "один участник", "{count} участника", "{count} участников")[0], "so has 21"


@given(st.text(max_size=40))
def test_what_is_put_into_a_text_is_never_a_template(text: str):
    assert words("{name} joined", name=text) == f"{text} joined"
    assert said("{name} joined", name=text).render()[0] == f"{text} joined"


def test_a_joke_is_told_anew():
    joke = Form("🎉 {name} blames the lag!", "{name} gibt dem Kabel die Schuld …", Language.GERMAN, told_anew=True)
    assert wrong_with(joke) == []
    assert wrong_with(Form(joke.key, "Schuld ist das Kabel.", Language.GERMAN, told_anew=True))
