"""sendDocument: a file, uploaded or known from before."""

from gub.sandbox.telegram.entities import clean, parse_entities, trim, utf16_length, with_automatic
from gub.sandbox.telegram.errors import bad_request
from gub.sandbox.telegram.keyboards import parse_markup
from gub.sandbox.telegram.methods.call import Call
from gub.sandbox.telegram.methods.sending import check_flood, destination
from gub.sandbox.telegram.models import Chat, Json, SimFile

CAPTION_LIMIT = 1024
_UPLOADED = "attach://"


async def send_document(call: Call) -> Json:
    """Send a file with a caption."""
    chat = call.chat("send")
    file = _file(call)
    caption = _caption(call, chat)
    keyboard, other = parse_markup(call.markup(), private=chat.private)
    place = destination(call, chat)
    check_flood(call, chat)
    document = {
        "file_id": file.id,
        "file_unique_id": file.id[-12:],
        "file_name": file.name,
        "mime_type": file.mime,
        "file_size": len(file.content),
    }
    message = call.world.post(
        chat, call.bot.user, keyboard=keyboard, other_markup=other, extra={"document": document, **caption}, **place
    )
    return call.render(message, chat)


def _file(call: Call) -> SimFile:
    """Find the file that is meant (errors: Client.cpp, get_input_file)."""
    named = call.params.text("document")
    uploaded = call.files.get(named.removeprefix(_UPLOADED)) if named.startswith(_UPLOADED) else None
    if uploaded is not None:
        if not uploaded.content:
            raise bad_request("file must be non-empty")
        return call.world.keep_file(uploaded)
    if not named:
        raise bad_request("there is no document in the request")
    known = call.world.files.get(named)
    if known is None:
        raise bad_request("wrong file identifier/HTTP URL specified")
    return known


def _caption(call: Call, chat: Chat) -> Json:
    text = clean(call.params.text("caption"))
    entities = call.params.json("caption_entities", "MessageEntity")
    text, explicit = trim(text, parse_entities(entities, text, call.may_mention(chat)))
    if utf16_length(text) > CAPTION_LIMIT:
        raise bad_request("message caption is too long")
    if not text:
        return {}
    found = with_automatic(text, explicit)
    return {"caption": text} | ({"caption_entities": found} if found else {})
