"""The floor function, deployed beside the product on the emulator."""

import json
from pathlib import Path

from tools.local_stack.aws import cloudformation

STACK_NAME, STAGE = "floor", "floor"
_HERE = Path(__file__).parent


def floor_url(endpoint_url: str) -> str:
    """Deploy it; where it is called."""
    template = json.loads((_HERE / "template.json").read_text())
    code = (_HERE / "app.py").read_text()
    template["Resources"]["Function"]["Properties"]["Code"] = {"ZipFile": code}
    client = cloudformation(endpoint_url)
    client.create_stack(
        StackName=STACK_NAME, TemplateBody=json.dumps(template), Capabilities=["CAPABILITY_IAM"]
    )
    client.get_waiter("stack_create_complete").wait(
        StackName=STACK_NAME, WaiterConfig={"Delay": 1, "MaxAttempts": 60}
    )
    [stack] = client.describe_stacks(StackName=STACK_NAME)["Stacks"]
    [api] = [one["OutputValue"] for one in stack["Outputs"] if one["OutputKey"] == "ApiId"]
    return f"{endpoint_url}/_aws/execute-api/{api}/{STAGE}/floor"
