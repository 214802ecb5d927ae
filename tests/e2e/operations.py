"""What only the operator of a stack reaches: its outputs, functions and tables."""

import json
from typing import TYPE_CHECKING

from tests.e2e.shop import Json
from tools.local_stack import StackInfo
from tools.local_stack.aws import CONFIG, cloudformation, lambda_, local_session

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


def output(stack: StackInfo, name: str) -> str:
    """An output of the stack."""
    described = cloudformation(stack.aws_endpoint_url).describe_stacks(StackName=stack.stack_name)
    outputs = described["Stacks"][0]["Outputs"]
    return next(one["OutputValue"] for one in outputs if one["OutputKey"] == name)


def invoke(stack: StackInfo, name: str, event: Json) -> None:
    """Run the function that an output names, to its good end."""
    client = lambda_(stack.aws_endpoint_url)
    answer = client.invoke(FunctionName=output(stack, name), Payload=json.dumps(event))
    assert "FunctionError" not in answer, answer["Payload"].read()


def items(stack: StackInfo, table: str) -> list[Json]:
    """What the table that an output names holds."""
    pages = _dynamodb(stack).get_paginator("scan").paginate(TableName=output(stack, table))
    return [item for page in pages for item in page["Items"]]


def expire_ping(stack: StackInfo, ping_id: str) -> None:
    """Let a ping's validity have ended, as if time had gone by."""
    stored = [
        item
        for item in items(stack, "LeadsTableName")
        if item["sk"]["S"] == "PING" and ping_id in item["pk"]["S"]
    ]
    [item] = stored
    document = json.loads(item["document"]["S"])
    document["expires_at"] = document["received_at"]
    changed = item | {"document": {"S": json.dumps(document)}}
    _dynamodb(stack).put_item(TableName=output(stack, "LeadsTableName"), Item=changed)


def _dynamodb(stack: StackInfo) -> "DynamoDBClient":
    return local_session().client("dynamodb", endpoint_url=stack.aws_endpoint_url, config=CONFIG)
