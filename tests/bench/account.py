"""An AWS account in this process, with the tables that the template draws."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

import boto3
from moto import mock_aws
from moto.dynamodb.models.table import Table

from tests.bench.market import REGION
from tests.infrastructure.template import resources

MACHINE_ARN = f"arn:aws:states:{REGION}:123456789012:stateMachine:distribution"
"""No such machine exists: whoever measures answers for it."""

_MADE_OF = (
    "AttributeDefinitions",
    "KeySchema",
    "BillingMode",
    "GlobalSecondaryIndexes",
    "LocalSecondaryIndexes",
)


@contextmanager
def account() -> Iterator[None]:
    """An empty account; the environment names its tables as it does for a function.

    Its transactions cannot be rolled back: nothing that is measured may fail.
    """
    os.environ.update(_environment())
    # For a rollback the emulator copies the whole table for every write of a transaction.
    with mock_aws(), patch.object(Table, "__deepcopy__", _not_copied, create=True):
        client = boto3.client("dynamodb", region_name=REGION)
        for name, resource in resources("AWS::DynamoDB::Table").items():
            drawn = {part: resource["Properties"].get(part) for part in _MADE_OF}
            client.create_table(
                TableName=name, **{part: value for part, value in drawn.items() if value}
            )
        yield


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
        "POWERTOOLS_LOG_LEVEL": "CRITICAL",
        **{re.sub(r"(?<!^)(?=[A-Z])", "_", name).upper(): name for name in tables},
    }
