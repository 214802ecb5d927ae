"""Calls to the API over HTTP, with the two ways in which a source may identify itself."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

import httpx
from pydantic import JsonValue, ValidationError

from tools.demo.wire import Problem, Secrets, Wire

TIMEOUT_SECONDS = 60
"""The first calls of a function start it, which takes seconds on a small machine."""

PAGE_LIMIT = 200
PAGES_MAX = 50

Answer = TypeVar("Answer", bound=Wire)
Body = Mapping[str, JsonValue]


class ApiError(Exception):
    """The API did not do what the demo relies on."""


class _Page(Wire):
    data: list[JsonValue]
    next_cursor: str | None


@dataclass(frozen=True)
class Management:
    """The API as one user, or one source with its bearer token."""

    http: httpx.Client

    def create(self, path: str, body: Body, model: type[Answer]) -> Answer:
        """POST and read what was made."""
        return self._call("POST", path, model, body)

    def change(self, path: str, body: Body, model: type[Answer]) -> Answer:
        """PATCH and read what it is now."""
        return self._call("PATCH", path, model, body)

    def replace(self, path: str, body: Body, model: type[Answer]) -> Answer:
        """PUT and read what it is now."""
        return self._call("PUT", path, model, body)

    def delete(self, path: str) -> None:
        """DELETE; raises ApiError when it is refused."""
        _require_success(self.http.delete(path))

    def read(self, path: str, model: type[Answer]) -> Answer:
        """GET one object."""
        return self._call("GET", path, model)

    def list(self, path: str, model: type[Answer], **filters: str) -> Iterator[Answer]:
        """GET every object of a list, page by page."""
        cursor: dict[str, str] = {}
        for _ in range(PAGES_MAX):
            query = {**filters, **cursor, "limit": str(PAGE_LIMIT)}
            page = _read(_require_success(self.http.get(path, params=query)), _Page)
            yield from (_valid(one, model, path) for one in page.data)
            if page.next_cursor is None:
                return
            cursor = {"cursor": page.next_cursor}
        raise ApiError(f"GET {path} has more than {PAGES_MAX} pages.")

    def _call(
        self, method: str, path: str, model: type[Answer], body: Body | None = None
    ) -> Answer:
        answer = self.http.request(method, path, json=body)
        return _read(_require_success(answer), model)


def caller(api_url: str, token: str) -> Management:
    """The API with a bearer token."""
    return Management(_http(api_url, headers={"Authorization": f"Bearer {token}"}))


@dataclass(frozen=True)
class SourceApi:
    """The source API, as one source."""

    http: httpx.Client
    secrets: Secrets

    def post_lead(
        self, content: bytes, *, bearer: bool, idempotency_key: str | None
    ) -> httpx.Response:
        """`POST /leads`, whatever comes of it."""
        return self._send("/leads", content, bearer=bearer, idempotency_key=idempotency_key)

    def ping(self, content: bytes, *, bearer: bool) -> httpx.Response:
        """`POST /ping`, whatever comes of it."""
        return self._send("/ping", content, bearer=bearer, idempotency_key=None)

    def _send(
        self, path: str, content: bytes, *, bearer: bool, idempotency_key: str | None
    ) -> httpx.Response:
        headers = {"Content-Type": "application/json"}
        if bearer:
            headers["Authorization"] = f"Bearer {self.secrets.bearer_token}"
        if idempotency_key is not None:
            headers["Idempotency-Key"] = idempotency_key
        basic = httpx.BasicAuth(self.secrets.api_key, self.secrets.api_secret)
        auth = httpx.USE_CLIENT_DEFAULT if bearer else basic
        return self.http.post(path, content=content, headers=headers, auth=auth)


def source(api_url: str, secrets: Secrets) -> SourceApi:
    """The source API with a source's credentials."""
    return SourceApi(_http(api_url), secrets)


def _http(api_url: str, headers: Mapping[str, str] | None = None) -> httpx.Client:
    return httpx.Client(base_url=api_url, headers=headers, timeout=TIMEOUT_SECONDS, trust_env=False)


def _require_success(answer: httpx.Response) -> httpx.Response:
    if not answer.is_success:
        raise ApiError(f"{_told(answer)}: {answer.status_code} {answer.text}")
    return answer


def _read(answer: httpx.Response, model: type[Answer]) -> Answer:
    try:
        return model.model_validate_json(answer.content)
    except ValidationError as error:
        raise ApiError(f"{_told(answer)} answered something else: {error}") from error


def _valid(value: JsonValue, model: type[Answer], path: str) -> Answer:
    try:
        return model.model_validate(value)
    except ValidationError as error:
        raise ApiError(f"GET {path} listed something else: {error}") from error


def _told(answer: httpx.Response) -> str:
    return f"{answer.request.method} {answer.request.url.path}"


def parsed(answer: httpx.Response, model: type[Answer]) -> Answer | None:
    """An answer as a model, or None when it is something else."""
    try:
        return model.model_validate_json(answer.content)
    except ValidationError:
        return None


def problem(answer: httpx.Response) -> Problem | None:
    """The problem document of a refusal."""
    return parsed(answer, Problem)
