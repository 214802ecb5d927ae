"""Looks into the emulator's tables: what the items that a write names were, and are."""

import base64
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from functools import cache
from typing import Any

from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends
from moto.dynamodb.models.dynamo_type import DynamoType

from tests.bench.market import REGION
from tests.bench.recorder import Place
from tests.infrastructure.template import resources
from tools.cost.recorded import Json
from tools.cost.tables import DrawnTable, drawn_table
from tools.cost.units import Image


@cache
def drawn_tables() -> Mapping[str, DrawnTable]:
    """The template's tables by their logical names, which are their names here."""
    found = resources("AWS::DynamoDB::Table")
    return {name: drawn_table(name, one["Properties"]) for name, one in found.items()}


class MotoImages:
    """Implements `Images` over moto. All keys of the template's tables are strings."""

    def places(self, operation: str, sent: Json) -> Sequence[Place]:
        """The items that a write names."""
        return [_place(table, item) for table, item in _named(operation, sent)]

    def at(self, place: Place) -> Image | None:
        """A copy: the emulator changes its items in place."""
        table = dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].tables[place.table]
        partition, *sort = [DynamoType({"S": key}) for key in place.keys]
        item = table.get_item(partition, sort[0] if sort else None)
        if item is None:
            return None
        return {name: _sent(value) for name, value in item.to_json()["Attributes"].items()}


def _sent(value: Mapping[str, Any]) -> Mapping[str, Any]:
    """A value as it is sent: the emulator shows bytes as they are."""
    [(kind, content)] = value.items()
    if isinstance(content, bytes):
        return {kind: base64.b64encode(content).decode()}
    return deepcopy(value)


def _named(operation: str, sent: Json) -> Iterator[tuple[str, Image]]:
    if operation == "PutItem":
        yield sent["TableName"], sent["Item"]
    elif operation in {"UpdateItem", "DeleteItem"}:
        yield sent["TableName"], sent["Key"]
    elif operation == "TransactWriteItems":
        for [one] in map(dict.values, sent["TransactItems"]):
            yield one["TableName"], one.get("Item") or one["Key"]
    elif operation == "BatchWriteItem":
        for table, requests in sent["RequestItems"].items():
            for [one] in map(dict.values, requests):
                yield table, one.get("Item") or one["Key"]


def _place(table: str, item: Image) -> Place:
    return Place(table, tuple(item[name]["S"] for name in drawn_tables()[table].keys))
