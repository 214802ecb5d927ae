"""What only the operator of a stack reaches: its outputs, functions and tables."""

import json

from tests.e2e.shop import Json
from tools.local_stack import StackInfo
from tools.local_stack.aws import CONFIG, cloudformation, lambda_, local_session


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
    """What a table holds, one page of it."""
    client = local_session().client(
        "dynamodb", endpoint_url=stack.aws_endpoint_url, config=CONFIG
    )
    found: list[Json] = client.scan(TableName=output(stack, table))["Items"]
    return found
