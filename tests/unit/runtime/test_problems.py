"""Problem details."""

import pytest

from leadflow.domain.errors import (
    Conflict,
    Forbidden,
    MalformedRequest,
    NotFound,
    PayloadTooLarge,
    PreconditionFailed,
    RateLimited,
    Refusal,
    Unauthorized,
    Unprocessable,
    ValidationFailed,
)
from leadflow.domain.posts import PING_NOT_FOUND, PingReferenceFailed
from leadflow.runtime.problems import headers_of, problem, problem_of

MEMBERS = {"type", "title", "status", "detail", "code", "request_id", "message"}
REFUSALS = [
    Unauthorized(),
    Forbidden("leads.view"),
    NotFound(),
    Conflict("Busy."),
    PreconditionFailed(),
    MalformedRequest("No."),
    PayloadTooLarge("Too large."),
    Unprocessable("No.", code="insufficient_funds"),
    RateLimited(3),
]


@pytest.mark.parametrize("refusal", REFUSALS, ids=lambda refusal: type(refusal).__name__)
def test_every_refusal_has_a_title_and_the_same_members(refusal: Refusal) -> None:
    body = problem_of(refusal, "request-1")
    assert set(body) == MEMBERS
    assert body["type"] == f"urn:leadflow:problem:{refusal.code}"
    assert (body["status"], body["code"]) == (refusal.status, refusal.code)
    assert body["message"] == body["detail"] == refusal.detail
    assert body["request_id"] == "request-1"


@pytest.mark.parametrize("status", [500, 503])
def test_failures_have_the_same_members(status: int) -> None:
    assert set(problem(status, "internal", "Sorry.", "request-1")) == MEMBERS


def test_a_validation_problem_lists_messages_by_field() -> None:
    body = problem_of(ValidationFailed({"zip": ("Wrong.", "Short.")}), "request-1")
    assert body["errors"] == {"zip": ["Wrong.", "Short."]}
    assert body["message"] == "The given data was invalid."


def test_a_ping_reference_problem_says_its_text_once_more() -> None:
    body = problem_of(PingReferenceFailed(PING_NOT_FOUND, code="ping_not_found"), "request-1")
    assert body["error"] == "Ping could not be found with the provided ping ID"


def test_a_limited_caller_is_told_when_to_come_back() -> None:
    assert headers_of(RateLimited(3)) == {"Retry-After": "3"}
    assert not headers_of(NotFound())
