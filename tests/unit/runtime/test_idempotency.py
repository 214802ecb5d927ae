"""The same request twice: one effect, one answer."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from aws_lambda_powertools.event_handler import Response

from leadflow.domain.errors import (
    Conflict,
    Forbidden,
    RateLimited,
    TransientFault,
    Unauthorized,
    Unprocessable,
)
from leadflow.domain.principals import Principal, Role, UserPrincipal
from leadflow.runtime import idempotency
from leadflow.runtime.http import Api, reply
from leadflow.runtime.idempotency import KEPT_CHARACTERS_MAX
from tests.builders import TENANT_ID
from tests.fakes.answers import MemoryAnswers
from tests.fakes.requests import ADMIN, ask, event
from tests.integration.http import Answer

KEY = {"Idempotency-Key": "order-42"}
SALES = UserPrincipal(tenant_id=TENANT_ID, user_id="user_2", role=Role.SALES)


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> MemoryAnswers:
    made = MemoryAnswers()
    monkeypatch.setattr(idempotency, "_store", lambda: made)
    return made


class Counter:
    """An API whose one resource counts its requests; `then` runs inside each of them."""

    def __init__(self) -> None:
        self.count = 0
        self.then: Callable[[], object] = lambda: None
        self.api = Api()
        for add in (self.api.post, self.api.put, self.api.get):
            add("/things")(self._counted)
        self.api.post("/others")(self._counted)

    def _counted(self) -> Response[str]:
        self.count += 1
        self.then()
        return reply(201, {"count": self.count}, {"ETag": '"1"'})

    def ask(
        self,
        method: str = "POST",
        path: str = "/things",
        body: object = "{}",
        *,
        headers: Mapping[str, str] = KEY,
        principal: Principal = ADMIN,
    ) -> Answer:
        return ask(self.api, event(method, path, body, headers=headers, principal=principal))


def raiser(error: Exception) -> Callable[[], object]:
    def fail() -> None:
        raise error

    return fail


@pytest.mark.usefixtures("answers")
def test_a_repeated_request_gets_the_first_answer_again_and_has_no_effect() -> None:
    counter = Counter()
    first, second = counter.ask(), counter.ask()
    assert (second.status, second.text) == (first.status, first.text) == (201, '{"count": 1}')
    assert counter.count == 1
    assert "Idempotent-Replayed" not in first.headers
    assert second.headers["Idempotent-Replayed"] == "true"
    assert second.headers["ETag"] == '"1"'


@pytest.mark.usefixtures("answers")
def test_the_name_of_the_header_may_be_written_in_any_case() -> None:
    counter = Counter()
    counter.ask()
    counter.ask(headers={"idempotency-KEY": "order-42"})
    assert counter.count == 1


@pytest.mark.usefixtures("answers")
@pytest.mark.parametrize(
    "other", [{"body": '{"a": 1}'}, {"method": "PUT"}, {"path": "/others"}, {"body": None}]
)
def test_a_key_of_another_request_is_refused(other: dict[str, Any]) -> None:
    counter = Counter()
    counter.ask()
    refused = counter.ask(**other)
    assert (refused.status, refused.code) == (422, "idempotency_key_reused")
    assert counter.count == 1


@pytest.mark.usefixtures("answers")
def test_callers_do_not_share_keys() -> None:
    counter = Counter()
    counter.ask()
    assert counter.ask(principal=SALES).status == 201
    assert counter.count == 2


@pytest.mark.usefixtures("answers")
def test_a_twin_of_a_request_that_is_still_running_is_told_to_wait() -> None:
    counter = Counter()
    twins: list[Answer] = []
    counter.then = lambda: twins.append(counter.ask())
    counter.ask()
    assert [(twin.status, twin.code) for twin in twins] == [(409, "idempotency_in_flight")]
    assert twins[0].headers["Retry-After"] == "1"
    assert counter.count == 1


@pytest.mark.usefixtures("answers")
@pytest.mark.parametrize(
    "refusal", [Conflict("Taken.", code="in_use"), Unprocessable("No.", code="insufficient_funds")]
)
def test_a_refusal_is_an_answer_too(refusal: Exception) -> None:
    counter = Counter()
    counter.then = raiser(refusal)
    first, second = counter.ask(), counter.ask()
    assert (second.status, second.text) == (first.status, first.text)
    assert counter.count == 1


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (Unauthorized(), 401),
        (Forbidden("leads.view"), 403),
        (RateLimited(7), 429),
        (ZeroDivisionError(), 500),
        (TransientFault("busy"), 503),
    ],
)
def test_an_answer_that_may_change_is_not_kept(
    answers: MemoryAnswers, error: Exception, status: int
) -> None:
    counter = Counter()
    counter.then = raiser(error)
    assert [counter.ask().status, counter.ask().status] == [status, status]
    assert counter.count == 2
    assert not answers.kept


def test_an_answer_that_is_too_long_for_the_store_is_made_again(answers: MemoryAnswers) -> None:
    api = Api()
    api.post("/things")(lambda: reply(200, {"text": "x" * KEPT_CHARACTERS_MAX}))
    first, second = (ask(api, event("POST", "/things", "{}", headers=KEY)) for _ in range(2))
    assert (first.status, first.text) == (second.status, second.text)
    assert "Idempotent-Replayed" not in second.headers
    assert not answers.kept


@pytest.mark.usefixtures("answers")
@pytest.mark.parametrize("key", ["", "k" * 256, "sch\u00f6n", "two\nlines", "\u0000"])
def test_a_key_has_1_to_255_printable_ascii_characters(key: str) -> None:
    counter = Counter()
    refused = counter.ask(headers={"Idempotency-Key": key})
    assert (refused.status, refused.code) == (422, "validation_failed")
    assert set(refused.body["errors"]) == {"Idempotency-Key"}
    assert counter.count == 0


@pytest.mark.usefixtures("answers")
def test_the_longest_key_is_fine() -> None:
    assert Counter().ask(headers={"Idempotency-Key": "k" * 255}).status == 201


@pytest.mark.parametrize("changes", [{"method": "GET"}, {"headers": {}}])
def test_without_a_key_or_an_effect_nothing_is_kept(
    answers: MemoryAnswers, changes: dict[str, Any]
) -> None:
    counter = Counter()
    counter.ask(**changes)
    counter.ask(**changes)
    assert counter.count == 2
    assert not answers.kept


def test_an_answer_is_forgotten_after_a_day(answers: MemoryAnswers) -> None:
    counter = Counter()
    counter.ask()
    answers.expire()
    counter.ask()
    assert counter.count == 2


def test_a_store_that_cannot_be_reached_lets_no_request_through(answers: MemoryAnswers) -> None:
    answers.broken = True
    counter = Counter()
    refused = counter.ask()
    assert (refused.status, refused.code) == (503, "unavailable")
    assert counter.count == 0


@pytest.mark.usefixtures("answers")
def test_bodies_with_lone_surrogates_can_be_compared() -> None:
    counter = Counter()
    assert counter.ask(body='"\ud800"').status == 201
    assert counter.ask(body='"\ud800"').headers["Idempotent-Replayed"] == "true"
