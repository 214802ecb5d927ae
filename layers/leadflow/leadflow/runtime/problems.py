"""Problem details: the one shape of every error answer (RFC 9457; `api.md`, 1)."""

from collections.abc import Mapping

from leadflow.domain.errors import RateLimited, Refusal, ValidationFailed
from leadflow.domain.posts import PostRefused

CONTENT_TYPE = "application/problem+json"

TITLES = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    409: "Conflict",
    412: "Precondition Failed",
    413: "Payload Too Large",
    422: "Unprocessable Content",
    429: "Too Many Requests",
    500: "Internal Server Error",
    503: "Service Unavailable",
}


def problem(status: int, code: str, detail: str, request_id: str) -> dict[str, object]:
    """The members that every problem has."""
    return {
        "type": f"urn:leadflow:problem:{code}",
        "title": TITLES[status],
        "status": status,
        "detail": detail,
        "message": detail,
        "code": code,
        "request_id": request_id,
    }


def problem_of(refusal: Refusal, request_id: str) -> dict[str, object]:
    """The problem that tells of a refusal."""
    body = problem(refusal.status, refusal.code, refusal.detail, request_id)
    if isinstance(refusal, ValidationFailed):
        body["errors"] = {path: list(messages) for path, messages in refusal.errors.items()}
    if isinstance(refusal, PostRefused):
        body["error"] = refusal.detail
    return body


def headers_of(refusal: Refusal) -> Mapping[str, str]:
    """Headers that go with a refusal."""
    if isinstance(refusal, RateLimited):
        return {"Retry-After": str(refusal.retry_after_seconds)}
    return {}
