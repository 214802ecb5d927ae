"""The deployed stack: what it is made from, where its API is, and its tenants."""

import json

from botocore.exceptions import BotoCoreError, ClientError
from pydantic import ConfigDict, ValidationError

from leadflow.domain.model import Frozen
from tools.local_stack import aws, layout
from tools.local_stack.errors import StackError
from tools.local_stack.sam import SOURCE_DIGEST_TAG

CLEAN = frozenset(("CREATE_COMPLETE", "UPDATE_COMPLETE"))
PROVISION_OUTPUT = "ProvisionTenantFunctionName"
_MEND = "Look at the function provision_tenant and at the name that it was given."


class Tenant(Frozen):
    """A new tenant and the token of its first administrator."""

    model_config = ConfigDict(extra="ignore")

    tenant_id: str
    admin_token: str


def ensure_artifact_bucket(endpoint_url: str) -> None:
    """The bucket that `sam deploy` uploads to. Making it again changes nothing."""
    aws.s3(endpoint_url).create_bucket(Bucket=layout.ARTIFACT_BUCKET)


def deployed_digest(endpoint_url: str) -> str | None:
    """The digest of the sources that the stack was made from; None when there is no stack.

    Empty when its last update failed: it works as it did before, and what it is made of is unsure.
    """
    try:
        answer = aws.cloudformation(endpoint_url).describe_stacks(StackName=layout.STACK_NAME)
    except ClientError:
        return None
    stack = answer["Stacks"][0]
    tags = {tag["Key"]: tag["Value"] for tag in stack.get("Tags", [])}
    return tags.get(SOURCE_DIGEST_TAG, "") if stack["StackStatus"] in CLEAN else ""


def _outputs(endpoint_url: str) -> dict[str, str]:
    answer = aws.cloudformation(endpoint_url).describe_stacks(StackName=layout.STACK_NAME)
    outputs = answer["Stacks"][0].get("Outputs", [])
    return {output["OutputKey"]: output["OutputValue"] for output in outputs}


def _rest_api_id(endpoint_url: str) -> str:
    answer = aws.cloudformation(endpoint_url).describe_stack_resources(StackName=layout.STACK_NAME)
    for resource in answer["StackResources"]:
        if resource["ResourceType"] == "AWS::ApiGateway::RestApi":
            return resource["PhysicalResourceId"]
    raise StackError("The template has no REST API.", "Give it an AWS::Serverless::Api.")


def redeploy_api(endpoint_url: str) -> None:
    """Deploy the API's stage once more: the emulator reads gateway responses at that moment only,
    and makes them after the first deployment."""
    client = aws.local_session().client("apigateway", endpoint_url=endpoint_url, config=aws.CONFIG)
    client.create_deployment(restApiId=_rest_api_id(endpoint_url), stageName=layout.STAGE)


def api_url(endpoint_url: str) -> str:
    """The stage's URL, as the emulator serves it without help from a name server."""
    return f"{endpoint_url}/_aws/execute-api/{_rest_api_id(endpoint_url)}/{layout.STAGE}"


def provision_tenant(endpoint_url: str, name: str) -> Tenant:
    """Create a tenant, as an operator does. Raises StackError when the function refuses."""
    function = _outputs(endpoint_url).get(PROVISION_OUTPUT)
    if function is None:
        raise StackError(f"The template has no output {PROVISION_OUTPUT}.", "Add it, start again.")
    payload = json.dumps({"name": name}).encode()
    try:
        answer = aws.lambda_(endpoint_url).invoke(FunctionName=function, Payload=payload)
    except (ClientError, BotoCoreError) as error:
        raise StackError(f"No tenant was made: {error}", _MEND) from error
    content = answer["Payload"].read()
    try:
        return Tenant.model_validate_json(content)
    except ValidationError as error:
        raise StackError(f"No tenant was made: {_reason(content)}", _MEND) from error


def _reason(content: bytes) -> str:
    """What a function that failed says of it, without its stack trace."""
    try:
        failure = json.loads(content)
        return f"{failure['errorType']}: {failure['errorMessage']}"
    except (ValueError, KeyError, TypeError):
        return content.decode(errors="replace")
