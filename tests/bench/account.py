"""An AWS account in this process, with the tables that the template draws."""

import os
import re
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from unittest.mock import patch

import boto3
from moto import mock_aws
from moto.dynamodb.models.dynamo_type import Item, LimitedSizeDict
from moto.dynamodb.models.table import Table

from tests.bench.market import REGION
from tests.infrastructure.template import resources

MACHINE_ARN = f"arn:aws:states:{REGION}:123456789012:stateMachine:distribution"
"""No such machine exists, nor queue, nor bus: whoever measures answers for them."""

QUEUE_URL = f"https://sqs.{REGION}.amazonaws.com/123456789012/withheld.fifo"
BUS = "leadflow"

_MADE_OF = (
    "AttributeDefinitions",
    "KeySchema",
    "BillingMode",
    "GlobalSecondaryIndexes",
    "LocalSecondaryIndexes",
)


@contextmanager
def account(*, rolls_back: bool = False) -> Iterator[None]:
    """An empty account; the environment names its tables as it does for a function.

    Unless asked for, its transactions are not rolled back: no condition may fail there.
    """
    os.environ.update(_environment())
    with mock_aws(), nullcontext() if rolls_back else _uncopied_tables():
        client = boto3.client("dynamodb", region_name=REGION)
        for name, resource in resources("AWS::DynamoDB::Table").items():
            drawn = {part: resource["Properties"].get(part) for part in _MADE_OF}
            client.create_table(
                TableName=name, **{part: value for part, value in drawn.items() if value}
            )
        yield


@contextmanager
def crowded_tables() -> Iterator[None]:
    """Let the emulator neither weigh an item for each of its attributes, nor sort a whole table
    before it looks at an index: it sorts what it finds there."""
    with (
        patch.object(LimitedSizeDict, "__setitem__", dict.__setitem__),
        patch.object(Table, "all_items", _unsorted),
    ):
        yield


def _unsorted(table: Table) -> list[Item]:
    return [item for items in table.items.values() for item in items.values()]


def _uncopied_tables() -> AbstractContextManager[object]:
    """For a rollback the emulator copies the whole table for every write of a transaction."""
    return patch.object(Table, "__deepcopy__", _not_copied, create=True)


def _not_copied(table: Table, _memo: object) -> Table:
    return table


def _environment() -> dict[str, str]:
    tables = resources("AWS::DynamoDB::Table")
    return {
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "DISTRIBUTION_STATE_MACHINE_ARN": MACHINE_ARN,
        "WITHHELD_QUEUE_URL": QUEUE_URL,
        "EVENT_BUS_NAME": BUS,
        "POWERTOOLS_LOG_LEVEL": "CRITICAL",
        **{re.sub(r"(?<!^)(?=[A-Z])", "_", name).upper(): name for name in tables},
    }
