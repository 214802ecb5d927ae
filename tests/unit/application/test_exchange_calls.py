"""What came of a call to a partner."""

import pytest

from leadflow.application.exchange_calls import (
    Accepted,
    NoOffer,
    Offered,
    Refused,
    Unknown,
    ping_outcome,
    post_outcome,
)
from leadflow.application.exchange_ports import Answer, Failure, NoAnswer
from leadflow.domain.decisions import Reason
from leadflow.domain.exchanges import Exchange, ResponseRules
from tests.unit.domain.bidding_examples import NOW

READ = ResponseRules(success_path="ok", price_path="price")
UNREAD = ResponseRules(message_path="message")


def exchange(rules: ResponseRules = READ) -> Exchange:
    return Exchange(
        url="https://partner.example", timeout_seconds=5, response=rules, active_since=NOW
    )


def no_answer(failure: Failure, *, timed_out: bool = False, status: int | None = None) -> NoAnswer:
    return NoAnswer(failure, "it went wrong", NOW, timed_out, status)


def test_whole_answers_are_read() -> None:
    answer = Answer(200, {}, b'{"ok": 1, "price": 2}', NOW)
    assert ping_outcome(exchange(), answer) == Offered(200, {"ok": 1, "price": 2})
    assert post_outcome(exchange(), answer) == Accepted({})


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (no_answer(Failure.TIMEOUT, timed_out=True), Reason.PARTNER_PING_TIMEOUT),
        (no_answer(Failure.TIMEOUT, timed_out=True, status=200), Reason.PARTNER_PING_TIMEOUT),
        (no_answer(Failure.NOT_SENT, timed_out=True), Reason.PARTNER_PING_TIMEOUT),
        (no_answer(Failure.NOT_SENT), Reason.PARTNER_PING_CONNECTION_FAILED),
        (no_answer(Failure.BROKEN), Reason.PARTNER_PING_INVALID_RESPONSE),
        (no_answer(Failure.BROKEN, status=200), Reason.PARTNER_PING_INVALID_RESPONSE),
    ],
)
def test_a_ping_without_an_answer_has_its_reason(reply: NoAnswer, reason: Reason) -> None:
    outcome = ping_outcome(exchange(), reply)
    assert outcome == NoOffer(reason, {"failure": "it went wrong"})


@pytest.mark.parametrize("timed_out", [True, False])
def test_a_post_that_was_not_sent_is_refused(timed_out: bool) -> None:
    outcome = post_outcome(exchange(), no_answer(Failure.NOT_SENT, timed_out=timed_out))
    assert isinstance(outcome, Refused)
    assert outcome.reason is Reason.PARTNER_POST_CONNECTION_FAILED


@pytest.mark.parametrize("failure", [Failure.TIMEOUT, Failure.BROKEN])
def test_a_post_that_was_sent_and_not_answered_is_unknown(failure: Failure) -> None:
    assert post_outcome(exchange(), no_answer(failure)) == Unknown({"failure": "it went wrong"})
    assert isinstance(post_outcome(exchange(UNREAD), no_answer(failure)), Unknown)


@pytest.mark.parametrize("failure", [Failure.TIMEOUT, Failure.BROKEN])
def test_the_status_of_a_broken_answer_counts(failure: Failure) -> None:
    refused = post_outcome(exchange(), no_answer(failure, status=503))
    assert refused == Refused(
        Reason.PARTNER_POST_HTTP_ERROR, {"status": "503", "failure": "it went wrong"}
    )
    assert isinstance(post_outcome(exchange(UNREAD), no_answer(failure, status=200)), Accepted)
    assert isinstance(post_outcome(exchange(READ), no_answer(failure, status=200)), Unknown)
