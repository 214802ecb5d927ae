"""Clients that are in no hurry: they repeat a request, with its key, until it is answered for good.

That is what the API asks of its clients, and all that they need while calls fail, processes end or
the emulator stops.
"""

import contextlib
import time
import uuid
from typing import Any

import httpx

from tests.e2e.answers import checked
from tests.e2e.shop import TIMEOUT_SECONDS, remembered

PATIENCE_SECONDS = 300.0
"""A key may be in flight for half a minute, and a busy machine starts a function in ten seconds."""

RETRY_SECONDS = 1.0
_SERVER_ERROR = 500


class Patient(httpx.Client):
    """A client of the API whose every answer is for good, and one that the document allows."""

    def send(self, request: httpx.Request, **options: Any) -> httpx.Response:  # noqa: ANN401 # as httpx has them
        """The answer for good. Fails when there is none for too long."""
        request.headers.setdefault("Idempotency-Key", str(uuid.uuid4()))
        ends_at = time.monotonic() + PATIENCE_SECONDS
        last = "nothing"
        while time.monotonic() < ends_at:
            with contextlib.suppress(httpx.TransportError):
                answer = super().send(request, **options)
                if _is_of_the_product(answer) and _is_for_good(checked(self._api_url, answer)):
                    return answer
                last = f"{answer.status_code} {answer.text}"
            time.sleep(RETRY_SECONDS)
        message = f"{request.method} {request.url} was answered with {last}"
        raise AssertionError(message)

    @property
    def _api_url(self) -> str:
        return str(self.base_url)


def patient(client: httpx.Client) -> Patient:
    """A patient client that speaks for whom another one speaks for."""
    return Patient(
        base_url=client.base_url,
        headers=client.headers,
        timeout=TIMEOUT_SECONDS,
        event_hooks={"response": [remembered]},
    )


def _is_of_the_product(answer: httpx.Response) -> bool:
    """Whether a function has put it into words, and not the emulator that starts or lost one."""
    is_problem = "application/problem+json" in answer.headers.get("Content-Type", "")
    return is_problem or not answer.is_error


def _is_for_good(answer: httpx.Response) -> bool:
    if answer.status_code >= _SERVER_ERROR:
        return False
    return not answer.is_error or answer.json().get("code") != "idempotency_in_flight"
