"""answerCallbackQuery."""

from gub.sandbox.telegram.entities import utf16_length
from gub.sandbox.telegram.errors import bad_request
from gub.sandbox.telegram.methods.call import Call
from gub.sandbox.telegram.models import CallbackAnswer

TEXT = 200


async def answer_callback_query(call: Call) -> bool:
    """Answer a press: once, and in time (how long that is, Telegram does not say; `world.query_deadline`)."""
    text = call.params.text("text")
    if utf16_length(text) > TEXT:
        raise bad_request("MESSAGE_TOO_LONG")
    query = call.world.queries.get(call.params.text("callback_query_id"))
    too_old = (
        query is None
        or query.bot_id != call.bot.id
        or query.answer is not None
        or call.world.clock.monotonic() - query.pressed_at > call.world.query_deadline
    )
    if query is None or too_old:
        raise bad_request("query is too old and response timeout expired or query ID is invalid")
    query.answer = CallbackAnswer(query.id, query.user.id, text, call.params.flag("show_alert"))
    call.world.touch()
    return True
