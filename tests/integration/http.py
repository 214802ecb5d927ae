"""Requests to handlers, as API Gateway makes them."""

import importlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from aws_lambda_powertools.utilities.typing import LambdaContext

from leadflow.domain.principals import Principal
from tests.api_contract import Seen, check_answer
from tests.noting import handling

REQUEST_ID = "11111111-2222-3333-4444-555555555555"


@dataclass
class Answer:
    """What a client gets."""

    status: int
    text: str
    headers: Mapping[str, str]
    body: dict[str, Any] = field(init=False)

    def __post_init__(self) -> None:
        self.body = json.loads(self.text) if self.text else {}

    @property
    def code(self) -> str:
        """The code of a refusal."""
        return str(self.body["code"])


class Context(LambdaContext):
    """The little of a context that handlers ask for."""

    @staticmethod
    def get_remaining_time_in_millis() -> int:
        return 29_000


@dataclass
class Client:
    """Calls one function on behalf of one caller."""

    function: str
    principal: Principal

    def call(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        headers: Mapping[str, str] | None = None,
        query: Mapping[str, str] | None = None,
    ) -> Answer:
        """One request; a text is sent as it is, anything else as JSON."""
        event = {
            "resource": path,
            "path": path,
            "httpMethod": method,
            "headers": dict(headers or {}),
            "multiValueHeaders": {name: [value] for name, value in (headers or {}).items()},
            "queryStringParameters": dict(query) if query else None,
            "multiValueQueryStringParameters": None,
            "requestContext": {
                "requestId": REQUEST_ID,
                "authorizer": {
                    "principal": self.principal.model_dump_json(),
                    "caller": self.principal.caller,
                },
            },
            "body": body if body is None or isinstance(body, str) else json.dumps(body),
            "isBase64Encoded": False,
        }
        return answered(self.function, event)


def answered(function: str, event: Mapping[str, Any]) -> Answer:
    """What a function answers to an event of API Gateway."""
    raw = cast("dict[str, Any]", invoked(function, event))
    headers = {name: values[0] for name, values in raw["multiValueHeaders"].items()}
    return Answer(raw["statusCode"], raw["body"] or "", headers)


def invoked(function: str, event: Mapping[str, Any]) -> object:
    """What a function returns; to a request, an answer that the API's document has."""
    module = importlib.import_module(f"functions.{function}.app")
    with handling(function):
        returned: object = module.handler(dict(event), Context())
    if "httpMethod" in event and isinstance(returned, dict):
        headers = {name: values[0] for name, values in returned["multiValueHeaders"].items()}
        text, status = returned["body"] or "", returned["statusCode"]
        check_answer(Seen(event["httpMethod"], event["path"], status, headers, text))
    return returned
