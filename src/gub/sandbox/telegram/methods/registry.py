"""Which function answers which method."""

from collections.abc import Awaitable, Callable
from typing import Any

from gub.sandbox.telegram.errors import ApiError
from gub.sandbox.telegram.methods import (
    callbacks,
    chats,
    delivery,
    documents,
    editing,
    ephemeral,
    payments,
    profile,
    sending,
)
from gub.sandbox.telegram.methods.call import Call

Method = Callable[[Call], Awaitable[Any]]

METHODS: dict[str, Method] = {
    name.lower(): method
    for name, method in {
        "getMe": profile.get_me,
        "logOut": profile.log_out,
        "close": profile.log_out,
        "getUpdates": delivery.get_updates,
        "setWebhook": delivery.set_webhook,
        "deleteWebhook": delivery.delete_webhook,
        "getWebhookInfo": delivery.get_webhook_info,
        "sendMessage": sending.send_message,
        "sendDocument": documents.send_document,
        "copyMessage": sending.copy_message,
        "forwardMessage": sending.forward_message,
        "sendChatAction": sending.send_chat_action,
        "sendInvoice": payments.send_invoice,
        "answerPreCheckoutQuery": payments.answer_pre_checkout_query,
        "refundStarPayment": payments.refund_star_payment,
        "editMessageText": editing.edit_message_text,
        "editMessageReplyMarkup": editing.edit_message_reply_markup,
        "editEphemeralMessageText": ephemeral.edit_ephemeral_message_text,
        "editEphemeralMessageReplyMarkup": ephemeral.edit_ephemeral_message_reply_markup,
        "deleteEphemeralMessage": ephemeral.delete_ephemeral_message,
        "deleteMessage": editing.delete_message,
        "deleteMessages": editing.delete_messages,
        "pinChatMessage": editing.pin_chat_message,
        "unpinChatMessage": editing.unpin_chat_message,
        "unpinAllChatMessages": editing.unpin_all_chat_messages,
        "setMessageReaction": editing.set_message_reaction,
        "answerCallbackQuery": callbacks.answer_callback_query,
        "getChat": chats.get_chat,
        "getChatMember": chats.get_chat_member,
        "getChatAdministrators": chats.get_chat_administrators,
        "getChatMemberCount": chats.get_chat_member_count,
        "leaveChat": chats.leave_chat,
        "setMyCommands": profile.set_my_commands,
        "getMyCommands": profile.get_my_commands,
        "deleteMyCommands": profile.delete_my_commands,
        "setMyName": profile.set_my_name,
        "getMyName": profile.get_my_name,
        "setMyDescription": profile.set_my_description,
        "getMyDescription": profile.get_my_description,
        "setMyShortDescription": profile.set_my_short_description,
        "getMyShortDescription": profile.get_my_short_description,
    }.items()
}


def method_of(name: str) -> Method:
    """Find a method by its name. ApiError 404 as Telegram gives for one that does not exist."""
    method = METHODS.get(name.lower())
    if method is None:
        raise ApiError(404, "Not Found: method not found")
    return method
