"""Notes what handlers ask of AWS in the tiers on moto, for `make grants`."""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any
from unittest.mock import patch

from botocore.client import BaseClient

from tools.grants.granted import Grant
from tools.grants.used import note

Asked = Iterator[tuple[str, str]]
"""Actions as IAM calls them, each with the resource as the template calls it."""

ITEM_ACTIONS = {
    "ConditionCheck": "ConditionCheckItem",
    "Put": "PutItem",
    "Update": "UpdateItem",
    "Delete": "DeleteItem",
    "Get": "GetItem",
}
"""As IAM calls the members of a transaction."""

FILE_ACTIONS = {
    "AbortMultipartUpload": "AbortMultipartUpload",
    "CompleteMultipartUpload": "PutObject",
    "CreateMultipartUpload": "PutObject",
    "DeleteObject": "DeleteObject",
    "GetObject": "GetObject",
    "HeadObject": "GetObject",
    "PutObject": "PutObject",
    "UploadPart": "PutObject",
}
"""As IAM calls what is done with a file."""

KEYS = ("EXCHANGE_SECRETS_KEY", "WEBHOOK_SECRETS_KEY")
"""The variables that name keys."""

_HANDLING: ContextVar[str] = ContextVar("handling", default="")
_KNOWN: set[Grant] = set()


@contextmanager
def handling(folder: str) -> Iterator[None]:
    """Within it, calls are those of the function of a folder."""
    token = _HANDLING.set(f"{_in_template(folder)}Function")
    try:
        yield
    finally:
        _HANDLING.reset(token)


def _in_template(name: str) -> str:
    return "".join(word.capitalize() for word in name.split("_"))


@contextmanager
def noting_calls() -> Iterator[None]:
    """Within it, calls of functions are noted, each once for the life of the process."""
    call = BaseClient._make_api_call  # type: ignore[attr-defined] # PynamoDB calls it, too

    def noted(client: BaseClient, operation: str, sent: Mapping[str, Any]) -> object:
        asks = _ASKED.get(client.meta.service_model.service_name)
        if (function := _HANDLING.get()) and asks:
            done = {Grant(function, action, on) for action, on in asks(operation, sent)}
            note(done - _KNOWN)
            _KNOWN.update(done)
        return call(client, operation, dict(sent))

    with patch.object(BaseClient, "_make_api_call", noted):
        yield


def of_tables(operation: str, sent: Mapping[str, Any]) -> Asked:
    """The actions that IAM is asked for, and on what; tables are called as the template does."""
    if operation.startswith("Transact"):
        for write in sent["TransactItems"]:
            [(member, detail)] = write.items()
            yield f"dynamodb:{ITEM_ACTIONS[member]}", detail["TableName"]
    elif operation.startswith("Batch"):
        yield from ((f"dynamodb:{operation}", table) for table in sent["RequestItems"])
    elif index := sent.get("IndexName"):
        yield f"dynamodb:{operation}", f"{sent['TableName']}/index/{index}"
    else:
        yield f"dynamodb:{operation}", sent["TableName"]


def of_files(operation: str, _sent: Mapping[str, Any]) -> Asked:
    """The same of files: the template has one bucket, whatever a test calls it."""
    if operation == "ListObjectsV2":
        yield "s3:ListBucket", "FilesBucket"
    else:
        yield f"s3:{FILE_ACTIONS[operation]}", "FilesBucket/*"


def of_machines(operation: str, sent: Mapping[str, Any]) -> Asked:
    """The same of state machines that are called as the template does."""
    yield f"states:{operation}", sent["stateMachineArn"].rpartition(":")[2]


def of_queues(operation: str, sent: Mapping[str, Any]) -> Asked:
    """The same of queues, if there are any, that are called as the template does.

    SQS wants an ending of some.
    """
    if sent["QueueUrl"]:
        yield f"sqs:{operation}", sent["QueueUrl"].rpartition("/")[2].removesuffix(".fifo")


def of_keys(operation: str, sent: Mapping[str, Any]) -> Asked:
    """The same of keys, which variables name as the template does."""
    for variable in KEYS:
        if os.environ.get(variable) == sent["KeyId"]:
            yield f"kms:{operation}", _in_template(variable)


_ASKED: Mapping[str, Callable[[str, Mapping[str, Any]], Asked]] = {
    "dynamodb": of_tables,
    "s3": of_files,
    "stepfunctions": of_machines,
    "sqs": of_queues,
    "kms": of_keys,
}
"""By service; calls of others are not noted here."""
