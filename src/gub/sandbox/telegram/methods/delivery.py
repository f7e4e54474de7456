"""getUpdates and the webhook methods."""

import re
from urllib.parse import urlsplit

from gub.sandbox.telegram.bots import WebhookSettings
from gub.sandbox.telegram.errors import ApiError, bad_request
from gub.sandbox.telegram.methods.call import Answer, Call
from gub.sandbox.telegram.models import Json
from gub.sandbox.telegram.updates import CONFLICT_SET, CONFLICT_WEBHOOK

CONNECTIONS = 100
SECRET = 256
_SECRET = re.compile(r"[A-Za-z0-9_-]*", re.ASCII)
_PORTS = {443, 80, 88, 8443}
_LOCAL = {"127.0.0.1", "localhost", "::1"}


async def get_updates(call: Call) -> list[Json]:
    """Hand over what is new, waiting for it if asked to."""
    if call.bot.webhook is not None:
        raise ApiError(409, CONFLICT_WEBHOOK)
    params = call.params
    call.bot.queue.allow(params.json("allowed_updates"))
    return await call.bot.queue.poll(params.integer("offset"), params.integer("limit", 100), params.integer("timeout"))


async def set_webhook(call: Call) -> Answer:
    """Push updates to this URL from now on. Plain HTTP is accepted for this machine alone."""
    url = call.params.text("url").strip()
    if not url:
        return await delete_webhook(call)
    _check_url(url)
    secret = call.params.text("secret_token")
    if len(secret) > SECRET:
        raise bad_request("secret token is too long")
    if _SECRET.fullmatch(secret) is None:
        raise bad_request("secret token contains unallowed characters")
    connections = min(max(call.params.integer("max_connections", 40), 1), CONNECTIONS)
    call.bot.queue.allow(call.params.json("allowed_updates"))
    if call.params.flag("drop_pending_updates"):
        call.bot.queue.clear()
    settings = WebhookSettings(url, secret, connections)
    old = call.bot.webhook
    if old is not None and (old.url, old.secret, old.max_connections) == (url, secret, connections):
        return Answer(True, "Webhook is already set")
    call.bot.queue.abort(CONFLICT_SET)
    await call.world.webhooks.start(call.bot, settings)
    call.world.touch()
    return Answer(True, "Webhook was set")


async def delete_webhook(call: Call) -> Answer:
    """Push nothing any more."""
    if call.params.flag("drop_pending_updates"):
        call.bot.queue.clear()
    if call.bot.webhook is None:
        return Answer(True, "Webhook is already deleted")
    await call.world.webhooks.stop(call.bot)
    call.world.touch()
    return Answer(True, "Webhook was deleted")


async def get_webhook_info(call: Call) -> Json:
    """Tell where updates go and how that goes."""
    queue, webhook = call.bot.queue, call.bot.webhook
    queue.drop_expired()
    info: Json = {"url": "", "has_custom_certificate": False, "pending_update_count": len(queue.pending)}
    if queue.allowed is not None:
        info["allowed_updates"] = queue.allowed
    if webhook is not None:
        info |= {"url": webhook.url, "max_connections": webhook.max_connections}
        if webhook.last_error_date is not None:
            info |= {"last_error_date": webhook.last_error_date, "last_error_message": webhook.last_error_message}
    return info


def _check_url(url: str) -> None:
    parts = urlsplit(url)
    if parts.hostname in _LOCAL and parts.scheme in ("http", "https"):
        return
    if parts.scheme != "https" or not parts.hostname:
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
    if (parts.port or 443) not in _PORTS:
        raise bad_request("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")
