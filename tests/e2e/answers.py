"""Answers over HTTP, each held against the API's document."""

from collections.abc import Callable

import httpx

from tests.api_contract import Seen, check_answer

_SERVER_ERROR = 500
_PROBLEM = "application/problem+json"


def checked(api_url: str, response: httpx.Response) -> httpx.Response:
    """The answer, which the document allows.

    A failure that no function has put into words is the emulator's own: a process was killed.
    """
    response.read()
    request, is_problem = response.request, _PROBLEM in response.headers.get("Content-Type", "")
    if response.status_code < _SERVER_ERROR or is_problem:
        base = httpx.URL(api_url).raw_path.decode().rstrip("/")
        path = request.url.raw_path.decode().removeprefix(base).partition("?")[0]
        headers = dict(response.headers)
        check_answer(Seen(request.method, path, response.status_code, headers, response.text))
    return response


def check_of(api_url: str) -> Callable[[httpx.Response], None]:
    """A hook of clients that checks every answer."""

    def check(response: httpx.Response) -> None:
        checked(api_url, response)

    return check
