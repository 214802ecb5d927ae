"""What HTTP handlers share: who calls, what was sent, how answers and errors are spelled.

A handler module makes an `Api`, adds its routes to it, and exports `api.handler`.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any, cast

from aws_lambda_powertools.event_handler import APIGatewayRestResolver, Response
from aws_lambda_powertools.utilities.data_classes import APIGatewayProxyEvent
from aws_lambda_powertools.utilities.typing import LambdaContext
from pydantic import BaseModel, TypeAdapter

from leadflow.application.requests import Model, validated
from leadflow.domain.errors import (
    Forbidden,
    MalformedRequest,
    NotFound,
    PreconditionFailed,
    Refusal,
    TransientFault,
)
from leadflow.domain.json_objects import JsonObject, parse_object
from leadflow.domain.model import Request
from leadflow.domain.permissions import require
from leadflow.domain.posts import BODY_BYTES_MAX, checked_size
from leadflow.domain.principals import (
    TENANT_ROLES,
    Principal,
    SourcePrincipal,
    UserPrincipal,
)
from leadflow.runtime.idempotency import RETRY_AFTER_SECONDS, InFlight, once
from leadflow.runtime.observability import logger
from leadflow.runtime.problems import CONTENT_TYPE, headers_of, problem, problem_of

Event = dict[str, Any]
Route = Callable[..., Response[str]]

_PRINCIPALS: TypeAdapter[Principal] = TypeAdapter(Principal)
_JSON = "application/json"


def reply(
    status: int, body: object = None, headers: Mapping[str, str] | None = None
) -> Response[str]:
    """An answer in JSON; models are dumped without their blank members."""
    text = "" if body is None else json.dumps(jsonable(body))
    return Response(status, _JSON, text, headers=dict(headers or {}))


def jsonable(body: object) -> object:
    """The JSON value of an answer."""
    return body.model_dump(mode="json") if isinstance(body, BaseModel) else body


class Api:
    """The routes of one function, with errors, correlation and idempotency around them."""

    def __init__(self) -> None:
        self._app = APIGatewayRestResolver()
        self._app.exception_handler(Refusal)(self._refused)
        self._app.not_found(self._not_found)

    def get(self, rule: str) -> Callable[[Route], Route]:
        """Add a route that changes nothing."""
        return self._app.get(rule)

    def post(self, rule: str) -> Callable[[Route], Route]:
        """Add a route for POST."""
        return self._app.post(rule)

    def put(self, rule: str) -> Callable[[Route], Route]:
        """Add a route for PUT."""
        return self._app.put(rule)

    def patch(self, rule: str) -> Callable[[Route], Route]:
        """Add a route for PATCH."""
        return self._app.patch(rule)

    def delete(self, rule: str) -> Callable[[Route], Route]:
        """Add a route for DELETE."""
        return self._app.delete(rule)

    @property
    def event(self) -> APIGatewayProxyEvent:
        """The request at hand."""
        return self._app.current_event

    @property
    def principal(self) -> Principal:
        """Who is calling, as the authorizer found."""
        context = self.event.request_context.authorizer.raw_event
        return _PRINCIPALS.validate_json(context["principal"])

    @property
    def caller_address(self) -> str:
        """The address that the request came from, as API Gateway saw it."""
        return str(self.event.request_context.identity.source_ip)

    def source(self) -> SourcePrincipal:
        """The calling source. Raises `Forbidden` for users."""
        principal = self.principal
        if not isinstance(principal, SourcePrincipal):
            raise Forbidden("source")
        return principal

    def tenant_user(self, permission: str) -> UserPrincipal:
        """The calling user of the tenant. Raises `Forbidden` naming the missing permission."""
        principal = self.principal
        if not isinstance(principal, UserPrincipal) or principal.role not in TENANT_ROLES:
            raise Forbidden(permission)
        require(principal.role, permission)
        return principal

    @property
    def text(self) -> str:
        """The body as it came. Raises `MalformedRequest` when it is no text."""
        try:
            return self.event.decoded_body or ""
        except ValueError as error:
            raise MalformedRequest("The body is not text in UTF-8.") from error

    def body(self, bytes_max: int = BODY_BYTES_MAX) -> JsonObject:
        """The body as an object. Raises `PayloadTooLarge` or `MalformedRequest`."""
        return parse_object(checked_size(self.text, bytes_max))

    def body_as(self, model: type[Model], bytes_max: int = BODY_BYTES_MAX) -> Model:
        """The body as a request model. Raises `ValidationFailed` with every invalid member."""
        return validated(model, self.body(bytes_max))

    def optional_body_as(self, model: type[Model]) -> Model:
        """The body as `body_as` reads it; no body is an object without members."""
        return self.body_as(model) if self.text else validated(model, {})

    def check_no_body(self) -> None:
        """Take no body, or an object without members. Raises what `body_as` raises for others."""
        if self.text:
            self.body_as(Request)

    @property
    def repeat(self) -> str | None:
        """What names the request, should it come again after its answer was lost."""
        key = self.header("Idempotency-Key")
        return key and f"{self.principal.caller} {self.event.http_method} {self.event.path} {key}"

    def query(self, name: str) -> str | None:
        """A query parameter."""
        return self.event.query_string_parameters.get(name)

    def header(self, name: str) -> str | None:
        """A header, whatever its case."""
        return self.event.headers.get(name)

    def check_version(self, version: int) -> None:
        """Raise `PreconditionFailed` when the request's `If-Match` names another version."""
        wanted = self.header("If-Match")
        if wanted not in {None, "*", etag(version)}:
            raise PreconditionFailed

    def handler(self, event: Event, context: LambdaContext) -> dict[str, Any]:
        """Answer one request. Only here is every error caught."""
        request_id = event["requestContext"]["requestId"]
        logger().set_correlation_id(request_id)
        # Routes that anybody may call have no authorizer.
        authorizer = event["requestContext"].get("authorizer") or {}
        logger().append_keys(caller=authorizer.get("caller"))
        try:
            return once(event, context, self._app.resolve)
        except Refusal as refusal:
            return _raw(_refusal_reply(refusal, request_id))
        except TransientFault:
            logger().exception("unavailable")
            body = problem(503, "unavailable", "Try again in a moment.", request_id)
        except Exception:
            logger().exception("internal")
            body = problem(500, "internal", "Something went wrong on our side.", request_id)
        return _raw(_problem_reply(body, {}))

    def _refused(self, refusal: Refusal) -> Response[str]:
        logger().info("refused", code=refusal.code, status=refusal.status)
        return _refusal_reply(refusal, self.event.request_context.request_id)

    def _not_found(self, _error: Exception) -> Response[str]:
        return self._refused(NotFound())


def etag(version: int) -> str:
    """The entity tag of a version."""
    return f'"{version}"'


def _refusal_reply(refusal: Refusal, request_id: str) -> Response[str]:
    headers = dict(headers_of(refusal))
    if isinstance(refusal, InFlight):
        headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return _problem_reply(problem_of(refusal, request_id), headers)


def _problem_reply(body: dict[str, object], headers: Mapping[str, str]) -> Response[str]:
    status = cast("int", body["status"])
    return Response(status, CONTENT_TYPE, json.dumps(body), headers=dict(headers))


def _raw(response: Response[str]) -> dict[str, Any]:
    """An answer that never passed the router, in the form that API Gateway takes."""
    headers = {**response.headers, "Content-Type": CONTENT_TYPE}
    return {
        "statusCode": response.status_code,
        "multiValueHeaders": {name: [str(value)] for name, value in headers.items()},
        "body": response.body,
        "isBase64Encoded": False,
    }
