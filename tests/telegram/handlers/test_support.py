"""/support: the owner's words, or ours."""

import pytest

from gub.domain.owners_wishes import OwnersWishes
from gub.sandbox.telegram.models import Chat, User
from tests.telegram.handlers.conftest import Stage


async def test_without_words_of_the_owner_it_leads_to_feedback(stage: Stage, squad: Chat, ann: User):
    for place in (ann, squad):
        shown = await stage.answer(ann, place, "/support")
        assert "/feedback" in shown.text
        assert "/donate" not in shown.text
        assert not shown.buttons


class TestWithWishes:
    """Of an owner who has some."""

    @pytest.fixture
    def wishes(self) -> OwnersWishes:
        links = (("Website", "https://gub.example/help"), ("News <b>", "https://t.me/gub_news"))
        text = "Run by *Olga* <3\nand @Ann_A, see below."
        return OwnersWishes(support_text=text, support_links=links, donation_amounts=(50,))

    async def test_d76_the_owners_words_and_links_are_shown_as_they_are(self, stage: Stage, squad: Chat, ann: User):
        for place in (ann, squad):
            shown = await stage.answer(ann, place, "/support")
            assert shown.text.startswith("Run by *Olga* <3\nand @Ann_A, see below.")
            assert "/feedback" in shown.text
            assert "/donate" in shown.text
            assert [(b["text"], b["url"]) for b in shown.buttons] == [
                ("Website", "https://gub.example/help"),
                ("News <b>", "https://t.me/gub_news"),
            ]
            assert not stage.pinged(shown)

    async def test_an_anonymous_admin_is_answered_too(self, stage: Stage, squad: Chat, ann: User):
        assert "Olga" in (await stage.answer(ann, squad, "/support", anonymous=True)).text
