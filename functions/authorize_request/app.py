"""Who is calling? API Gateway keeps the answer of an `Authorization` header for a minute."""

from typing import Any

from leadflow.runtime import configuration_actions


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Let the caller in with its principal, or raise what API Gateway turns into a 401."""
    headers = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
    principal = configuration_actions.authorize_request()(headers.get("authorization"))
    if principal is None:
        # API Gateway knows this very text only.
        raise Exception("Unauthorized")
    context = {"principal": principal.model_dump_json(), "caller": principal.caller}
    return {
        "principalId": principal.caller,
        "policyDocument": allowed(event["methodArn"]),
        "context": context,
    }


def allowed(method_arn: str) -> dict[str, Any]:
    """The whole stage, since one answer serves all routes; each of them checks permissions."""
    stage_arn = "/".join(method_arn.split("/")[:2])
    statement = {
        "Action": "execute-api:Invoke",
        "Effect": "Allow",
        "Resource": f"{stage_arn}/*/*",
    }
    return {"Version": "2012-10-17", "Statement": [statement]}
