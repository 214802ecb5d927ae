"""The floor function. It runs by itself on the emulator, so it imports nothing of this project."""

import json
import os
from collections.abc import Callable, Mapping
from typing import Any

import boto3
from botocore.config import Config

ITEM_BYTES = 700

Call = Callable[[int], object]

_tables = boto3.client("dynamodb")
_runs = boto3.client("stepfunctions", config=Config(inject_host_prefix=False))
_TABLE, _MACHINE = os.environ["TABLE"], os.environ["MACHINE"]


def _key(number: int) -> dict[str, Any]:
    return {"pk": {"S": f"floor#{number}"}, "sk": {"S": "FLOOR"}}


def _item(number: int) -> dict[str, Any]:
    return _key(number) | {"document": {"S": "x" * ITEM_BYTES}}


def _get(_items: int) -> object:
    return _tables.get_item(TableName=_TABLE, Key=_key(0), ConsistentRead=True)


def _query(_items: int) -> object:
    values = {":pk": {"S": "floor#0"}}
    return _tables.query(
        TableName=_TABLE, KeyConditionExpression="pk = :pk", ExpressionAttributeValues=values
    )


def _batch(items: int) -> object:
    keys = [_key(number) for number in range(items)]
    return _tables.batch_get_item(RequestItems={_TABLE: {"Keys": keys}})


def _transact(items: int) -> object:
    puts: Any = [{"Put": {"TableName": _TABLE, "Item": _item(number)}} for number in range(items)]
    return _tables.transact_write_items(TransactItems=puts)


def _run(_items: int) -> object:
    return _runs.start_sync_execution(stateMachineArn=_MACHINE, input="{}")


CALLS: Mapping[str, Call] = {
    "GetItem": _get,
    "Query": _query,
    "BatchGetItem": _batch,
    "TransactWriteItems": _transact,
    "StartSyncExecution": _run,
}


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Make the calls that the body lists: pairs of an operation and its number of items."""
    for operation, items in json.loads(event["body"]):
        CALLS[operation](items)
    return {"statusCode": 200, "body": "{}"}
