"""Webhooks and their deliveries."""

from datetime import timedelta

from leadflow.domain.deliveries import (
    ATTEMPTS_KEPT_MAX,
    DeliveryAttempt,
    DeliveryStatus,
    delivery_of,
)
from leadflow.domain.identifiers import is_identifier
from leadflow.domain.told_facts import FactName
from leadflow.domain.webhooks import gone
from tests.unit.application.webhook_world import assigned, webhook
from tests.unit.domain.bidding_examples import NOW

EVENT = FactName.LEAD_ASSIGNED


def test_a_fact_that_is_told_again_gives_the_same_delivery() -> None:
    first, again = (delivery_of(EVENT, assigned(), webhook()) for _ in range(2))
    assert first == again
    assert is_identifier("delivery", first.id)
    assert first.told == assigned()


def test_every_fact_webhook_and_tenant_has_a_delivery_of_its_own() -> None:
    strange = assigned().model_copy(update={"tenant_id": "tenant_x"})
    facts = (assigned(0), assigned(1), strange)
    made = {delivery_of(EVENT, fact, webhook(number)).id for fact in facts for number in (1, 2)}
    assert len(made) == 6


def test_deliveries_are_in_the_order_of_their_facts() -> None:
    ids = [
        delivery_of(EVENT, assigned().model_copy(update={"at": NOW + after}), webhook()).id
        for after in (timedelta(milliseconds=number) for number in range(5))
    ]
    assert ids == sorted(ids)


def test_only_the_newest_attempts_are_kept() -> None:
    delivery = delivery_of(EVENT, assigned(), webhook())
    for number in range(ATTEMPTS_KEPT_MAX + 5):
        attempt = DeliveryAttempt(at=NOW, duration_ms=number)
        delivery = delivery.reopened().settled(DeliveryStatus.FAILED, (attempt,))
    assert len(delivery.attempts) == ATTEMPTS_KEPT_MAX
    assert delivery.attempts[-1].duration_ms == ATTEMPTS_KEPT_MAX + 4


def test_a_webhook_whose_receiver_is_gone_is_paused_and_says_so() -> None:
    paused = gone(webhook(), NOW)
    assert (paused.active, paused.paused_reason, paused.paused_at) == (False, "gone", NOW)
    assert (paused.version, paused.archived) == (2, False)
