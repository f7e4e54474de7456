"""A python-telegram-bot bot, of the same manners as grammy_bot.mjs: the same commands and answers."""

import asyncio
import os
import signal
import sys
from collections.abc import Awaitable
from typing import Any

from aiohttp import web
from telegram.error import BadRequest, ChatMigrated, Forbidden, RetryAfter
from telegram.ext import (
    Application,
    CallbackQueryHandler,
    CommandHandler,
    ContextTypes,
    MessageHandler,
    filters,
)

from telegram import (
    BotCommand,
    BotCommandScopeAllGroupChats,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    Message,
    MessageEntity,
    Update,
)

Context = ContextTypes.DEFAULT_TYPE
AnyApplication = Application[Any, Any, Any, Any, Any, Any]


async def reply(update: Update, text: str, **other: object) -> None:
    message = update.effective_message
    assert message
    await message.reply_text(text, do_quote=True, **other)  # type: ignore[arg-type]


async def outcome(call: Awaitable[object]) -> str:
    """The outcome of a call in the words that both peers use."""
    try:
        result = await call
    except RetryAfter as error:
        return f"retry after {error._retry_after.total_seconds():.0f}"
    except ChatMigrated as error:
        return f"migrated to {error.new_chat_id}"
    except Forbidden as error:
        return f"forbidden: {error.message}"
    except BadRequest as error:
        return f"refused 400: {error.message}"
    said = result.text if isinstance(result, Message) else str(result).lower()
    return f"done: {said}"


async def start(update: Update, _: Context) -> None:
    await reply(update, "hello")


async def send(update: Update, context: Context) -> None:
    assert context.args
    await reply(update, await outcome(context.bot.send_message(int(context.args[0]), "ping")))


async def member(update: Update, context: Context) -> None:
    assert context.args
    assert update.effective_chat
    found = await update.effective_chat.get_member(int(context.args[0]))
    await reply(update, f"{found.user.first_name} is {found.status}")


async def admins(update: Update, _: Context) -> None:
    assert update.effective_chat
    found = await update.effective_chat.get_administrators()
    await reply(update, ", ".join(sorted(f"{each.user.first_name} is {each.status}" for each in found)))


async def chat(update: Update, context: Context) -> None:
    assert update.effective_chat
    found = await context.bot.get_chat(update.effective_chat.id)
    await reply(update, f"{found.type} {found.title or found.first_name}")


async def commands(update: Update, context: Context) -> None:
    group = BotCommandScopeAllGroupChats()
    await context.bot.set_my_commands([BotCommand("status", "Who is on")])
    await context.bot.set_my_commands([BotCommand("join", "Join")], scope=group)
    lists = [await context.bot.get_my_commands(), await context.bot.get_my_commands(scope=group)]
    await context.bot.delete_my_commands()
    lists.append(await context.bot.get_my_commands())
    await reply(update, ", ".join("+".join(each.command for each in found) or "none" for found in lists))


async def mention(update: Update, _: Context) -> None:
    assert update.effective_chat
    assert update.effective_user
    entity = MessageEntity(MessageEntity.TEXT_MENTION, offset=4, length=3, user=update.effective_user)
    await update.effective_chat.send_message("Hey you", entities=[entity])


async def buttons(update: Update, _: Context) -> None:
    first = [InlineKeyboardButton("Yes", callback_data="yes"), InlineKeyboardButton("No", callback_data="no")]
    second = [InlineKeyboardButton("Gone", callback_data="gone")]
    await reply(update, "Choose", reply_markup=InlineKeyboardMarkup([first, second]))


async def twice(update: Update, _: Context) -> None:
    assert update.effective_chat
    sent = await update.effective_chat.send_message("same")
    lines = [await outcome(sent.edit_text("same")), await outcome(sent.delete()), await outcome(sent.delete())]
    await reply(update, "\n".join(lines))


async def pressed(update: Update, _: Context) -> None:
    query = update.callback_query
    assert query
    if query.data == "yes":
        await query.answer("You said yes")
        await query.edit_message_text(f"Chosen by {query.from_user.first_name}")
    elif query.data == "no":
        await query.answer("You said no", show_alert=True)
        only = InlineKeyboardMarkup([[InlineKeyboardButton("Yes", callback_data="yes")]])
        await query.edit_message_reply_markup(only)
    else:
        await query.answer()
        await query.delete_message()


async def echo(update: Update, _: Context) -> None:
    message = update.effective_message
    assert message
    assert message.text
    await reply(update, message.text, entities=message.entities)


def build(api: str, token: str) -> AnyApplication:
    application = Application.builder().token(token).base_url(f"{api}/bot").build()
    for handler in (start, send, member, admins, chat, commands, mention, buttons, twice):
        application.add_handler(CommandHandler(handler.__name__, handler))
    application.add_handler(CallbackQueryHandler(pressed))
    application.add_handler(MessageHandler(filters.TEXT & filters.UpdateType.MESSAGE, echo))
    return application


async def serve_webhook(application: AnyApplication, secret: str, stop: asyncio.Event) -> None:
    async def take(request: web.Request) -> web.Response:
        if request.headers.get("X-Telegram-Bot-Api-Secret-Token") != secret:
            return web.Response(status=401)
        await application.update_queue.put(Update.de_json(await request.json(), application.bot))
        return web.Response()

    app = web.Application()
    app.router.add_post("/", take)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    await application.bot.set_webhook(f"http://127.0.0.1:{port}/", secret_token=secret)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    await stop.wait()
    await application.bot.delete_webhook()
    await runner.cleanup()


async def poll(application: AnyApplication, stop: asyncio.Event) -> None:
    assert application.updater
    await application.updater.start_polling()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    await stop.wait()
    await application.updater.stop()


async def main() -> None:
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    application = build(os.environ["PEER_API"], os.environ["PEER_TOKEN"])
    async with application:
        await application.start()
        if os.environ["PEER_MODE"] == "webhook":
            await serve_webhook(application, os.environ["PEER_SECRET"], stop)
        else:
            await poll(application, stop)
        await application.stop()


if __name__ == "__main__":
    asyncio.run(main())
