"""Whom a fact is told."""

from leadflow.application.plan_deliveries import CALL_LASTS
from leadflow.domain.told_facts import FactName
from tests.unit.application.webhook_world import (
    World,
    assigned,
    customer_webhook,
    outbox_of,
    webhook,
)

EVENT = FactName.LEAD_ASSIGNED


def test_a_fact_goes_to_every_active_webhook_that_asks_for_it() -> None:
    asking = [webhook(1), webhook(2), customer_webhook(3)]
    others = [
        webhook(4, active=False),
        webhook(5, event=FactName.LEAD_CREATED),
        customer_webhook(6, active=False),
    ]
    world = World.of(*asking, *others)
    planned = world.plan(EVENT, assigned())
    assert len(planned) == 3
    assert [len(world.made(one)) for one in (*asking, *others)] == [1, 1, 1, 0, 0, 0]
    assert world.queue.calls == [(outbox_of(one), False) for one in asking]


def test_customers_hear_of_their_own_assigned_leads_only() -> None:
    theirs = customer_webhook()
    world = World.of(theirs)
    world.plan(FactName.LEAD_CREATED, assigned())
    strange = assigned().model_copy(update={"customer_id": "cus_" + "9" * 26})
    world.plan(EVENT, strange)
    world.plan(EVENT, assigned().model_copy(update={"customer_id": None}))
    assert world.made(theirs) == []


def test_a_fact_that_is_told_again_is_no_second_delivery_but_another_need() -> None:
    one = webhook()
    world = World.of(one)
    first, second = (world.plan(EVENT, assigned()) for _ in range(2))
    assert (len(first), len(second), len(world.made(one))) == (1, 0, 1)
    assert world.outboxes.rings(outbox_of(one)) == 2


def test_one_call_is_enough_until_nobody_has_come_for_a_while() -> None:
    one = webhook()
    world = World.of(one)
    world.tell(0, 1)
    assert len(world.queue.calls) == 1
    world.clock.at += CALL_LASTS
    world.tell(2)
    assert len(world.queue.calls) == 2


def test_nobody_is_called_while_somebody_is_at_work() -> None:
    one = webhook()
    world = World.of(one)
    world.take(one, world.clock.now())
    world.tell(0)
    assert world.queue.calls == []
    assert world.outboxes.rings(outbox_of(one)) == 1


def test_receivers_that_did_not_answer_are_waited_for_apart() -> None:
    one = webhook()
    world = World.of(one)
    world.outboxes.failing[outbox_of(one)] = True
    world.tell(0)
    assert world.queue.calls == [(outbox_of(one), True)]
