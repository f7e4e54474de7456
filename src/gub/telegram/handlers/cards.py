"""The list and the cards of people, with the names that belong on them."""

from gub.domain import rights
from gub.domain.values import StatusUser, Visibility
from gub.services.people import People
from gub.telegram.showing import View
from gub.telegram.views import people as views
from gub.telegram.views.parts import called
from gub.telegram.views.people import Names
from gub.telegram.views.places import Place, Viewer


async def list_of(place: Place, viewer: Viewer, people: People) -> View:
    """Show a page of the list; of the hidden, in private, those for whom the viewer may do something.

    In a group everybody reads along, so the hidden are not on the list there.
    """
    everybody = await people.of_chat(place.chat_id)
    found = [one for one in everybody if rights.may_find(one, viewer.user_id, is_admin=viewer.is_admin)]
    listed = [one for one in found if place.private or one.visibility is not Visibility.HIDDEN]
    return views.people_list(listed, place, kept_back=len(listed) < len(found))


async def card_of(person: StatusUser, place: Place, viewer: Viewer, people: People) -> View:
    """Show a person."""
    users = await people.known(person.keeper_id, person.person_id)
    shown = None if person.person_id is None else called(users.get(person.person_id))
    return views.card(person, place, viewer, Names(called(users.get(person.keeper_id)), shown))
