"""Read a stack's tables whole. For whoever operates the stack: it costs one read of everything."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeVar

from tools.verify.observed import (
    Auction,
    Bid,
    Entry,
    Flow,
    Lead,
    Observed,
    Order,
    Seen,
    Share,
    Submission,
    Total,
    Wallet,
)

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_dynamodb import DynamoDBClient

OUTPUTS = ("LeadsTableName", "WalletsTableName", "FlowsTableName", "MarketplaceTableName")
"""The stack's outputs that name the tables in which the promises are kept."""

DELETED = "deleted"

Item = Mapping[str, Mapping[str, str]]
Model = TypeVar("Model", bound=Seen)


def table_names(cloudformation: "CloudFormationClient", stack_name: str) -> list[str]:
    """The tables of a stack. KeyError: the stack is not one of Leadflow."""
    [stack] = cloudformation.describe_stacks(StackName=stack_name)["Stacks"]
    outputs = {one["OutputKey"]: one["OutputValue"] for one in stack["Outputs"]}
    return [outputs[name] for name in OUTPUTS]


def read(
    dynamodb: "DynamoDBClient", names: list[str], read_so_far: Callable[[int], None]
) -> Observed:
    """Everything at about one moment; `read_so_far` is told the number of items now and then.

    A table that is written to meanwhile is not read at one moment: judge a stack that is at rest.
    """
    at = datetime.now(UTC)
    found: dict[type[Seen], list[Seen]] = defaultdict(list)
    deleted: set[str] = set()
    for number, item in enumerate(_items(dynamodb, names), start=1):
        kind = item["sk"]["S"].partition("#")[0]
        if kind == "LEAD" and item["status"]["S"] == DELETED:
            deleted.add(item["pk"]["S"].rpartition("#")[2])
        elif made := _seen(kind, item):
            found[type(made)].append(made)
        read_so_far(number)

    def of(model: type[Model]) -> list[Model]:
        return [one for one in found[model] if isinstance(one, model)]

    return Observed(
        at=at,
        wallets=of(Wallet),
        bids=of(Bid),
        entries=of(Entry),
        leads=of(Lead),
        deleted=frozenset(deleted),
        submissions=of(Submission),
        auctions=of(Auction),
        orders=of(Order),
        totals=of(Total),
        shares=of(Share),
        flows=of(Flow),
    )


def _items(dynamodb: "DynamoDBClient", names: list[str]) -> Iterator[Item]:
    for name in names:
        pages = dynamodb.get_paginator("scan").paginate(TableName=name, ConsistentRead=True)
        for page in pages:
            yield from page["Items"]  # type: ignore[misc] # all attributes that are read are texts


_DOCUMENTS: Mapping[str, type[Seen]] = {
    "CUSTOMER": Wallet,
    "BID": Bid,
    "ENTRY": Entry,
    "LEAD": Lead,
    "SUBMISSION": Submission,
    "AUCTION": Auction,
    "ORDER": Order,
    "TOTAL": Total,
    "FLOW": Flow,
}
"""What lies under which kind of sort key."""


def _seen(kind: str, item: Item) -> Seen | None:
    tenant_id = item["pk"]["S"].partition("#")[0]
    if "#USAGE#" in item["pk"]["S"]:
        numbers = {
            name: item[name]["N"] for name in ("leads_used", "sales_used_cents") if name in item
        }
        return Share.model_validate({"tenant_id": tenant_id, "cycle": item["sk"]["S"], **numbers})
    model = _DOCUMENTS.get(kind)
    if model is None or "document" not in item:
        return None
    ending = json.loads(item["ending"]["S"]) if "ending" in item else {}
    document = json.loads(item["document"]["S"])
    return model.model_validate(document | ending | {"tenant_id": tenant_id})
