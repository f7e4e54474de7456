"""The one user of the embedded server. Its port is open to everybody on the machine; its data is not."""

from typing import Final

from pymongo.errors import OperationFailure

from gub.store.datadir import USER
from gub.store.mongo import connect

_EXISTS: Final = 51003


async def make(uri: str, password: str) -> None:
    """Make the user, or give it this password, on a server that asks for none yet."""
    client = connect(uri)
    try:
        await client.admin.command("createUser", USER, pwd=password, roles=["root"])
    except OperationFailure as error:
        if error.code != _EXISTS:
            raise
        await client.admin.command("updateUser", USER, pwd=password, roles=["root"])
    finally:
        await client.close()


async def expel_others(uri: str) -> None:
    """Delete whoever else made themselves a user while the server asked for no password."""
    client = connect(uri)
    try:
        others = {"_id": {"$ne": f"admin.{USER}"}}
        async for user in client.admin["system.users"].find(others, {"user": 1, "db": 1}):
            await client[user["db"]].command("dropUser", user["user"])
    finally:
        await client.close()
