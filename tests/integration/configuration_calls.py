"""Requests to configure a tenant."""

from collections.abc import Mapping
from typing import Any

from pydantic import TypeAdapter

from leadflow.domain.principals import Principal
from tests.integration.http import Answer, Client, invoked

PRINCIPALS: TypeAdapter[Principal] = TypeAdapter(Principal)
ARN = "arn:aws:execute-api:us-east-1:123456789012:api1/local/GET/lead-types"


def let_in(authorization: str) -> Principal:
    """Who the authorizer says it is."""
    event = {"methodArn": ARN, "headers": {"authorization": authorization}}
    answer: Any = invoked("authorize_request", event)
    return PRINCIPALS.validate_json(answer["context"]["principal"])


def made(client: Client, path: str, body: Mapping[str, object]) -> dict[str, Any]:
    answer = client.call("POST", path, body)
    assert answer.status == 201, answer.text
    return answer.body


def made_category(client: Client, **members: object) -> dict[str, Any]:
    return made(client, "/lead-categories", {"name": "Homes", **members})


def made_source(client: Client, category_id: str, **members: object) -> dict[str, Any]:
    body = {"name": "Web", "type": "vendor", "lead_category_id": category_id, **members}
    return made(client, "/sources", body)


def refused(answer: Answer, status: int, code: str) -> dict[str, Any]:
    assert (answer.status, answer.code) == (status, code), answer.text
    errors: dict[str, Any] = answer.body.get("errors", {})
    return errors
