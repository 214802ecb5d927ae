"""Notes what handlers ask of the tables in the tiers on moto, for `make grants`."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any
from unittest.mock import patch

from botocore.client import BaseClient

from tools.grants.granted import Grant
from tools.grants.used import note

ITEM_ACTIONS = {
    "ConditionCheck": "ConditionCheckItem",
    "Put": "PutItem",
    "Update": "UpdateItem",
    "Delete": "DeleteItem",
    "Get": "GetItem",
}
"""As IAM calls the members of a transaction."""

_HANDLING: ContextVar[str] = ContextVar("handling", default="")
_KNOWN: set[Grant] = set()


@contextmanager
def handling(folder: str) -> Iterator[None]:
    """Within it, calls are those of the function of a folder."""
    name = "".join(word.capitalize() for word in folder.split("_")) + "Function"
    token = _HANDLING.set(name)
    try:
        yield
    finally:
        _HANDLING.reset(token)


@contextmanager
def noting_calls() -> Iterator[None]:
    """Within it, calls of functions to tables are noted, each once for the life of the process."""
    call = BaseClient._make_api_call  # type: ignore[attr-defined] # PynamoDB calls it, too

    def noted(client: BaseClient, operation: str, sent: Mapping[str, Any]) -> object:
        if (function := _HANDLING.get()) and client.meta.service_model.service_name == "dynamodb":
            done = {
                Grant(function, f"dynamodb:{action}", on) for action, on in asked(operation, sent)
            }
            note(done - _KNOWN)
            _KNOWN.update(done)
        return call(client, operation, dict(sent))

    with patch.object(BaseClient, "_make_api_call", noted):
        yield


def asked(operation: str, sent: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The actions that IAM is asked for, and on what; tables are called as the template does."""
    if operation.startswith("Transact"):
        for write in sent["TransactItems"]:
            [(member, detail)] = write.items()
            yield ITEM_ACTIONS[member], detail["TableName"]
    elif operation.startswith("Batch"):
        yield from ((operation, table) for table in sent["RequestItems"])
    elif index := sent.get("IndexName"):
        yield operation, f"{sent['TableName']}/index/{index}"
    else:
        yield operation, sent["TableName"]
