"""Requests to an `Api`, as API Gateway makes them."""

import json
from collections.abc import Mapping
from typing import Any

from leadflow.domain.principals import Principal, Role, UserPrincipal
from leadflow.runtime.http import Api
from tests.builders import TENANT_ID
from tests.integration.http import REQUEST_ID, Answer, Context

ADMIN = UserPrincipal(tenant_id=TENANT_ID, user_id="user_1", role=Role.ADMIN)


def event(
    method: str,
    path: str,
    body: object = None,
    *,
    headers: Mapping[str, str] | None = None,
    principal: Principal = ADMIN,
    query: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """One request; a text is sent as it is, anything else as JSON."""
    return {
        "resource": path,
        "path": path,
        "httpMethod": method,
        "headers": dict(headers or {}),
        "multiValueHeaders": {name: [value] for name, value in (headers or {}).items()},
        "queryStringParameters": dict(query) if query else None,
        "multiValueQueryStringParameters": None,
        "requestContext": {
            "requestId": REQUEST_ID,
            "authorizer": {"principal": principal.model_dump_json(), "caller": principal.caller},
        },
        "body": body if body is None or isinstance(body, str) else json.dumps(body),
        "isBase64Encoded": False,
    }


def ask(api: Api, request: dict[str, Any]) -> Answer:
    """The answer to a request, its headers by name."""
    raw = api.handler(request, Context())
    headers = {name: values[0] for name, values in raw["multiValueHeaders"].items()}
    return Answer(raw["statusCode"], raw["body"] or "", headers)
