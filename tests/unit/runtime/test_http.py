"""What every function of the API does around its routes."""

import base64
from typing import Annotated

import pytest
from aws_lambda_powertools.event_handler import Response
from pydantic import Field

from leadflow.domain.errors import NotFound, TransientFault, Unauthorized, ValidationFailed
from leadflow.domain.model import Request
from leadflow.domain.posts import BODY_BYTES_MAX
from leadflow.domain.principals import Principal, Role, SourcePrincipal, UserPrincipal
from leadflow.runtime.http import Api, etag, reply
from tests.builders import SOURCE_ID, TENANT_ID
from tests.fakes.requests import ADMIN, ask, event
from tests.integration.http import REQUEST_ID

SOURCE = SourcePrincipal(tenant_id=TENANT_ID, source_id=SOURCE_ID)


class Inner(Request):
    step: int


class Thing(Request):
    """A body with a member of each kind."""

    name: str
    parts: Annotated[tuple[Inner, ...], Field(strict=False)] = ()


def user(role: Role) -> UserPrincipal:
    return ADMIN.model_copy(update={"role": role})


def api_with(route: object, method: str = "post") -> Api:
    api = Api()
    getattr(api, method)("/things")(route)
    return api


def failing(error: Exception) -> Api:
    def route() -> Response[str]:
        raise error

    return api_with(route)


@pytest.mark.parametrize("method", ["get", "post", "put", "patch", "delete"])
def test_a_route_answers_its_method_only(method: str) -> None:
    api = api_with(lambda: reply(200, {"ok": True}, {"ETag": etag(3)}), method)
    answer = ask(api, event(method.upper(), "/things"))
    assert (answer.status, answer.body) == (200, {"ok": True})
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["ETag"] == '"3"'
    other = "GET" if method != "get" else "POST"
    assert ask(api, event(other, "/things")).code == "not_found"


def test_an_empty_answer_has_no_body() -> None:
    answer = ask(api_with(lambda: reply(204)), event("POST", "/things"))
    assert (answer.status, answer.text) == (204, "")


@pytest.mark.parametrize(("method", "path"), [("POST", "/nothing"), ("DELETE", "/things")])
def test_an_unknown_route_or_method_is_not_found(method: str, path: str) -> None:
    answer = ask(api_with(lambda: reply(200)), event(method, path))
    assert (answer.status, answer.code) == (404, "not_found")
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_a_refusal_is_a_problem_with_all_its_members() -> None:
    answer = ask(failing(NotFound("Nothing here.")), event("POST", "/things"))
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.body == {
        "type": "urn:leadflow:problem:not_found",
        "title": "Not Found",
        "status": 404,
        "detail": "Nothing here.",
        "message": "Nothing here.",
        "code": "not_found",
        "request_id": REQUEST_ID,
    }


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (TransientFault("ProvisionedThroughputExceeded on LeadsTable"), 503, "unavailable"),
        (KeyError("leadflow.secret_thing"), 500, "internal"),
    ],
)
def test_a_failure_tells_nothing_of_the_inside(error: Exception, status: int, code: str) -> None:
    answer = ask(failing(error), event("POST", "/things"))
    assert (answer.status, answer.code) == (status, code)
    for word in ("Traceback", "leadflow.secret", "LeadsTable", "KeyError", "Throughput"):
        assert word not in answer.text


def test_an_unauthorized_problem_carries_the_word_that_clients_look_for() -> None:
    answer = ask(failing(Unauthorized()), event("POST", "/things"))
    assert (answer.status, answer.body["message"]) == (401, "Unauthorized")


@pytest.mark.parametrize("body", [None, "", "{", "[]", "1", '{"a": NaN}', "\ud800"])
def test_what_is_no_json_object_is_malformed(body: str | None) -> None:
    api = Api()
    api.post("/things")(lambda: reply(200, api.body()))
    answer = ask(api, event("POST", "/things", body))
    assert (answer.status, answer.code) == (400, "malformed_json")


@pytest.mark.parametrize("encoded", ["/w==", "!", base64.b64encode(b'{"a": "\xff"}').decode()])
def test_a_body_that_is_no_text_is_malformed(encoded: str) -> None:
    api = Api()
    api.post("/things")(lambda: reply(200, api.body()))
    request = event("POST", "/things", encoded) | {"isBase64Encoded": True}
    assert ask(api, request).code == "malformed_json"


def test_a_body_above_the_limit_is_too_large() -> None:
    api = Api()
    api.post("/things")(lambda: reply(200, api.body()))
    answer = ask(api, event("POST", "/things", '"' + "x" * BODY_BYTES_MAX + '"'))
    assert (answer.status, answer.code) == (413, "payload_too_large")


def test_a_body_is_read_as_its_model() -> None:
    api = Api()
    api.post("/things")(lambda: reply(200, api.body_as(Thing)))
    read = ask(api, event("POST", "/things", {"name": "one", "parts": [{"step": 2}]}))
    assert read.body == {"name": "one", "parts": [{"step": 2}]}


def test_every_wrong_member_is_named_by_its_path() -> None:
    api = Api()
    api.post("/things")(lambda: reply(200, api.body_as(Thing)))
    wrong = {"name": 5, "more": 1, "parts": [{"step": "2"}]}
    refused = ask(api, event("POST", "/things", wrong))
    assert (refused.status, refused.code) == (422, "validation_failed")
    assert set(refused.body["errors"]) == {"name", "more", "parts.0.step"}


def test_validation_problems_carry_their_errors() -> None:
    answer = ask(failing(ValidationFailed({"zip": ["Wrong."]})), event("POST", "/things"))
    assert (answer.status, answer.code) == (422, "validation_failed")
    assert answer.body["errors"] == {"zip": ["Wrong."]}


@pytest.mark.parametrize(
    ("principal", "status"),
    [
        (ADMIN, 200),
        (user(Role.SALES), 403),
        (user(Role.CUSTOMER_ADMIN), 403),
        (SOURCE, 403),
    ],
)
def test_a_tenant_user_needs_the_permission(principal: Principal, status: int) -> None:
    api = Api()
    api.post("/things")(lambda: reply(200, api.tenant_user("sources.create")))
    answer = ask(api, event("POST", "/things", principal=principal))
    assert answer.status == status
    assert status == 200 or "sources.create" in answer.body["detail"]


@pytest.mark.parametrize(("principal", "status"), [(SOURCE, 200), (ADMIN, 403)])
def test_only_sources_use_the_source_api(principal: Principal, status: int) -> None:
    api = Api()
    api.post("/things")(lambda: reply(200, api.source()))
    assert ask(api, event("POST", "/things", principal=principal)).status == status


@pytest.mark.parametrize(
    ("wanted", "status"), [(None, 200), ("*", 200), ('"4"', 200), ('"3"', 412), ("4", 412)]
)
def test_a_change_may_name_the_version_that_it_is_meant_for(
    wanted: str | None, status: int
) -> None:
    def route() -> Response[str]:
        api.check_version(4)
        return reply(200)

    api = api_with(route)
    headers = {"if-match": wanted} if wanted else {}
    assert ask(api, event("POST", "/things", headers=headers)).status == status


def test_query_parameters_are_read_by_name() -> None:
    api = Api()
    api.get("/things")(lambda: reply(200, [api.query("limit"), api.query("cursor")]))
    raw = api.handler(event("GET", "/things", query={"limit": "5"}), None)  # type: ignore[arg-type] # unused
    assert raw["body"] == '["5", null]'
