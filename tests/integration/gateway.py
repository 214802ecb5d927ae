"""The whole API in one process: the template's routes, the real authorizer, the real handlers."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, cast

from tests.infrastructure.template import Resource, resources
from tests.infrastructure.test_functions import FUNCTIONS, folder
from tests.integration.http import REQUEST_ID, invoked

ARN = "arn:aws:execute-api:us-east-1:123456789012:api1/local"
PARAMETER = re.compile(r"{(\w+)}")
Json = dict[str, Any]


@dataclass(frozen=True)
class Route:
    """A method of a path, the function behind it, and whether it asks for credentials."""

    method: str
    path: str
    function: str
    is_public: bool

    @property
    def name(self) -> str:
        """As documents spell it."""
        return f"{self.method} {self.path}"

    @property
    def parameters(self) -> tuple[str, ...]:
        """The names in its path."""
        return tuple(PARAMETER.findall(self.path))

    def filled(self, *values: str) -> str:
        """The path with its parameters replaced, in their order."""
        left = iter(values)
        return PARAMETER.sub(lambda _: next(left), self.path)


@cache
def routes() -> tuple[Route, ...]:
    """Every route that the template deploys, the most exact ones first."""
    found = [
        _route(name, event["Properties"])
        for name, function in FUNCTIONS.items()
        for event in function["Properties"].get("Events", {}).values()
        if event["Type"] == "Api"
    ]
    return tuple(sorted(found, key=lambda one: (len(one.parameters), one.path, one.method)))


def _route(function: str, event: Resource) -> Route:
    is_public = event.get("Auth", {}).get("Authorizer") == "NONE"
    return Route(event["Method"], event["Path"], folder(function), is_public)


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], Route], ...]:
    return tuple((re.compile(PARAMETER.sub("([^/]+)", one.path)), one) for one in routes())


def route_of(method: str, path: str) -> tuple[Route, tuple[str, ...]] | None:
    """The route that a request takes, with the values of its parameters; None without one."""
    for pattern, route in _patterns():
        if route.method == method and (match := pattern.fullmatch(path)):
            return route, match.groups()
    return None


def refusal(kind: str) -> "Sent":
    """What the gateway answers by itself, as the template spells it."""
    by_kind = {
        one["Properties"]["ResponseType"]: one["Properties"]
        for one in resources("AWS::ApiGateway::GatewayResponse").values()
    }
    text = by_kind[kind]["ResponseTemplates"]["application/json"]
    return Sent(
        int(by_kind[kind]["StatusCode"]),
        text.replace("$context.requestId", REQUEST_ID).strip(),
        {"Content-Type": "application/problem+json"},
    )


@dataclass(frozen=True)
class Sent:
    """An answer, byte for byte; two of them are equal if a client cannot tell them apart."""

    status: int
    text: str
    headers: Mapping[str, str]

    @property
    def body(self) -> Json:
        """The answer as an object; nothing is an empty one."""
        return cast("Json", json.loads(self.text)) if self.text else {}


@dataclass
class Gateway:
    """Answers requests. Who a header stands for is kept as long as the gateway is."""

    known: dict[str, Json | None] = field(default_factory=dict)
    calls: int = 0

    def call(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        authorization: str | None = None,
        headers: Mapping[str, str] | None = None,
        query: Mapping[str, str] | None = None,
    ) -> Sent:
        """One request; a text is sent as it is, anything else as JSON."""
        self.calls += 1
        taken = route_of(method, path)
        if taken is None:
            return refusal("MISSING_AUTHENTICATION_TOKEN")
        route, values = taken
        context: Json = {"requestId": REQUEST_ID, "identity": {"sourceIp": "192.0.2.1"}}
        if not route.is_public:
            caller = self._caller(authorization)
            if caller is None:
                return refusal("UNAUTHORIZED")
            context["authorizer"] = caller
        sent = dict(headers or {}) | ({"Authorization": authorization} if authorization else {})
        event = {
            "resource": route.path,
            "path": path,
            "httpMethod": method,
            "headers": sent,
            "multiValueHeaders": {name: [value] for name, value in sent.items()},
            "pathParameters": dict(zip(route.parameters, values, strict=True)) or None,
            "queryStringParameters": dict(query) if query else None,
            "multiValueQueryStringParameters": {k: [v] for k, v in query.items()}
            if query
            else None,
            "requestContext": context,
            "body": body if body is None or isinstance(body, str) else json.dumps(body),
            "isBase64Encoded": False,
        }
        raw = cast("Json", invoked(route.function, event))
        flat = {name: ",".join(values) for name, values in raw["multiValueHeaders"].items()}
        return Sent(raw["statusCode"], raw["body"] or "", flat)

    def forget(self) -> None:
        """Ask the authorizer anew from now on, as the gateway does after a minute."""
        self.known.clear()

    def _caller(self, authorization: str | None) -> Json | None:
        """What the authorizer says of a header; without one the gateway does not even ask."""
        if authorization is None:
            return None
        if authorization not in self.known:
            self.known[authorization] = _authorized(authorization)
        return self.known[authorization]


def _authorized(authorization: str) -> Json | None:
    event = {"methodArn": f"{ARN}/GET/leads", "headers": {"Authorization": authorization}}
    try:
        answer = cast("Json", invoked("authorize_request", event))
    except Exception as error:
        if str(error) != "Unauthorized":  # the one text that the gateway knows
            raise
        return None
    return cast("Json", answer["context"])
