"""Deliveries that would be too long, and an outbox whose taking was answered twice."""

from leadflow.domain.deliveries import DeliveryStatus
from tests.builders import lead
from tests.fakes.unreliable import Fate, Trouble, Wire, wired
from tests.unit.application.webhook_world import (
    World,
    customer_webhook,
    outbox_of,
    sold,
    webhook,
)


def test_an_outbox_whose_taking_was_answered_twice_is_worked_on() -> None:
    """The store's client repeats a call whose answer it has lost; its own taking is no refusal."""
    one = webhook()
    world = World.of(one)
    world.tell(0)
    wire = Wire()
    wire.plan(Trouble(1, Fate.REPEATED))
    assert wired(world.deliver, wire)(outbox_of(one)).delivered == 1
    assert wire.faults == 1


def test_what_would_be_too_long_fails_and_holds_up_nothing_else() -> None:
    one = customer_webhook(template='{"a": "' + "{{ email }}" * 300 + '"}')
    world = World.of(one)
    world.leads.stored[lead(0).id] = sold(0, values={"email": "a" * 10_000})
    world.tell(0, 1)
    assert world.work(one).delivered == 2
    by_lead = {delivery.told.id: delivery for delivery in world.made(one)}
    assert [by_lead[name].status for name in sorted(by_lead)] == [
        DeliveryStatus.FAILED,
        DeliveryStatus.SUCCEEDED,
    ]
