"""What a translation must have in common with its text: each rule of docs/translating.md that a machine can judge.

A rule is given a text and a translation, and gives what is wrong, or None.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from gettext import c2py
from string import Formatter

from babel.messages.catalog import Catalog, Message

from gub.domain.languages import Language
from tools.catalogues import forms_of

_LETTERS = {
    Language.GERMAN: "äöüßÄÖÜ",
    Language.SPANISH: "áéíóúüñÁÉÍÓÚÜÑ",
    Language.PORTUGUESE: "ãõáâàéêíóôúçÃÕÁÂÀÉÊÍÓÔÚÇ",
    Language.RUSSIAN: "".join(map(chr, range(0x410, 0x450))) + "ёЁ",
}
_QUOTES = {Language.GERMAN: "„“‚‘", Language.SPANISH: "“”‘", Language.PORTUGUESE: "“”‘", Language.RUSSIAN: "«»„“"}
_ALL_QUOTES = '„“”«»‚‘"'
_GENDERED = re.compile(
    r"\w\((?:a|o|e|as|os|es|in|innen|r|n|s|а|я|ла|ая|ась)\)|\w[*:_·/]in(?:nen)?\b|\w[oa]s?/[oa]s?\b|\w[@]s?\b"
)
_TONE = {
    Language.SPANISH: re.compile(r"\b(?:vosotr[oa]s|vuestr[oa]s?|usted(?:es)?)\b", re.IGNORECASE),
    Language.PORTUGUESE: re.compile(r"\b(?:ficheiro|ecrã|utilizador|telemóvel)\b", re.IGNORECASE),
    Language.RUSSIAN: re.compile(r"(?<=[\w,] )В(?:ы|ас|ам|ами|аш\w*)\b"),
    Language.GERMAN: re.compile(r"(?<=[\w,] )(?:Ihnen|Ihren?|Du|Dir|Dich|Deine?[mnrs]?)\b"),
}
_FILLED_IN = {"jemand", "andere", "alguien", "otra", "alguem", "outra", "kto_to", "kto_eshche"}
"""Usernames that stand for somebody's."""

_JOKES = {"telegram/views/banter.py"}
"""Where the texts are that are told anew in each language: no more than their placeholders are alike."""

_FORMATTER = Formatter()


@dataclass(frozen=True, slots=True)
class Form:
    """One form of a translation: of what, in which language, and what the rules have to know of it.

    `one_alone`: it serves exactly one and nothing else; `counted`: it has a number; `told_anew`: it is a joke.
    """

    key: str
    text: str
    language: Language
    one_alone: bool = False
    counted: bool = False
    told_anew: bool = False


Rule = Callable[[Form], str | None]


def forms(message: Message, catalogue: Catalog, language: Language) -> Iterator[Form]:
    """Give the forms of a translation, each with the English one that it stands for."""
    translated = forms_of(message)
    if isinstance(message.id, str):
        told_anew = {path for path, _ in message.locations} <= _JOKES
        yield Form(message.id, translated[0], language, told_anew=told_anew)
        return
    form_for = c2py(catalogue.plural_expr)
    for number, text in enumerate(translated):
        served = [count for count in range(1000) if form_for(count) == number]
        yield Form(message.id[0 if served == [1] else 1], text, language, one_alone=served == [1], counted=True)


def wrong_with(form: Form) -> list[str]:
    """Say which rules a translation breaks."""
    try:
        placeholders(form.text)
    except ValueError:
        return ["braces that are no placeholder"]
    return [wrong for rule in RULES if (wrong := rule(form))]


def placeholders(text: str) -> set[str]:
    """Give the placeholders of a text; fails where its braces are none."""
    return {name for _, name, _, _ in _FORMATTER.parse(text) if name is not None}


def bare(text: str) -> str:
    """Give a text with nothing in the place of its placeholders."""
    return "".join(literal for literal, _, _, _ in _FORMATTER.parse(text))


def _same_placeholders(form: Form) -> str | None:
    wanted, found = placeholders(form.key), placeholders(form.text)
    looks = [f"{{{name}}}" for _, name, spec, how in _FORMATTER.parse(form.text) if name is not None and (spec or how)]
    if looks:
        return f"placeholders with more than a name: {looks}"
    optional = {"count"} if form.one_alone else set()
    if wanted - optional == found - optional:
        return None
    return f"placeholders {sorted(found)} instead of {sorted(wanted)}"


def _same_commands(form: Form) -> str | None:
    pattern = r"(?<![\w/])/[a-z_]+|\b(?:xbox|psn|steam):|https?://\S+|@"
    return _differ("commands and signs to type", re.findall(pattern, form.key), re.findall(pattern, form.text))


def _same_numbers(form: Form) -> str | None:
    if form.counted or form.told_anew:
        return None
    return _differ("numbers", re.findall(r"\d+", bare(form.key)), re.findall(r"\d+", bare(form.text)))


def _same_signs(form: Form) -> str | None:
    if form.told_anew:
        return None

    def signs(text: str) -> list[str]:
        return [letter for letter in text if unicodedata.category(letter) == "So" or letter in "✓↳→\ufe0f"]

    first, begins = (text.strip()[:1] for text in (form.key, form.text))
    if first in signs(form.key) and begins != first:
        return f"begins with {begins} instead of {first}"
    return _differ("signs", signs(form.key), signs(form.text))


def _same_white_space(form: Form) -> str | None:
    ends = [re.match(r"(\s*).*?(\s*)\Z", text, re.DOTALL) for text in (form.key, form.text)]
    if ends[0] and ends[1] and ends[0].groups() != ends[1].groups():
        return "white space at the ends differs"
    if form.key.count("\n") != form.text.count("\n"):
        return "line breaks differ"
    if re.search(r"[ \t]{2}|\t| [,.;:!?](?!\w)", form.text) and not re.search(r"[ \t]{2}|\t", form.key):
        return "white space to spare"
    return None


def _same_last_sign(form: Form) -> str | None:
    if form.told_anew:
        return None

    def last(text: str) -> str:
        end = text.rstrip().rstrip('“”»‘")')
        return {"!": "."}.get(end[-1:], end[-1:]) if end[-1:] in tuple(".!?:;,…") else ""

    wanted, found = last(form.key), last(form.text)
    return None if wanted == found else f"ends with {found!r} instead of {wanted!r}"


def _no_markup(form: Form) -> str | None:
    found = re.search(r"</?[a-z]|\*\*|__|`|\]\(|&[a-z]+;|\\", form.text)
    return f"looks like markup: {found[0]}" if found else None


def _one_script(form: Form) -> str | None:
    """Take letters of another script, and Latin words in Russian, for slips, unless the text has them itself."""
    known = set(re.findall(r"\w+", form.key)) | _FILLED_IN
    strange = []
    for word in re.findall(r"[^\W\d]+", bare(form.text)):
        latin = any("a" <= letter.lower() <= "z" for letter in word)
        other = [letter for letter in word if letter.isalpha() and not letter.isascii()]
        wrong = [letter for letter in other if letter not in _LETTERS[form.language]]
        if word not in known and (wrong or (form.language is Language.RUSSIAN and latin)):
            strange.append(word)
    return f"letters of another script in {strange}" if strange else None


def _own_quotes(form: Form) -> str | None:
    arrows = set("«»") & set(form.key)
    wrong = [sign for sign in form.text if sign in _ALL_QUOTES and sign not in {*_QUOTES[form.language], *arrows}]
    return f"quotes of another language: {wrong}" if wrong else None


def _opened(form: Form) -> str | None:
    if form.language is not Language.SPANISH:
        return None
    pairs = (("¿", "?"), ("¡", "!"))
    return next((f"as many {a} as {b}, please" for a, b in pairs if form.text.count(a) != form.text.count(b)), None)


def _friendly(form: Form) -> str | None:
    found = _TONE[form.language].search(form.text)
    return f"not how friends talk here: {found[0]}" if found else None


def _for_everybody(form: Form) -> str | None:
    found = _GENDERED.search(bare(form.text))
    return f"an ending in brackets or after a sign: {found[0]}" if found else None


def _translated(form: Form) -> str | None:
    """Take a text of words for forgotten where it is the English one."""
    told = len(re.findall(r"(?<![/@\w])[a-z]{2,}\b(?!:)", bare(form.key))) > 1
    return "the English text" if told and form.key == form.text else None


def _differ(what: str, wanted: list[str], found: list[str]) -> str | None:
    return None if Counter(wanted) == Counter(found) else f"{what}: {found} instead of {wanted}"


RULES: tuple[Rule, ...] = (
    _same_placeholders,
    _same_commands,
    _same_numbers,
    _same_signs,
    _same_white_space,
    _same_last_sign,
    _no_markup,
    _one_script,
    _own_quotes,
    _opened,
    _friendly,
    _for_everybody,
    _translated,
)
