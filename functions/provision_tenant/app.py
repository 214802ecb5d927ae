"""Create a tenant and its first admin. Operators invoke it directly; there is no HTTP."""

from dataclasses import asdict
from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from leadflow.runtime import configuration_actions
from leadflow.runtime.observability import logger


def handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, str]:
    """`{"name", "countries"?, "marketplace"?}` -> `{"tenant_id", "admin_token"}`."""
    provisioned = configuration_actions.provision_tenant()(event)
    logger().info("provisioned", tenant_id=provisioned.tenant_id)
    return asdict(provisioned)
