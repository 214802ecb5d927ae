"""What the stores of deliveries promise, held against the fakes and against DynamoDB."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier
from typing import TypeVar

import pytest

from leadflow.adapters.dynamodb import deliveries as module
from leadflow.adapters.dynamodb.deliveries import DynamoDeliveries
from leadflow.adapters.dynamodb.outboxes import DynamoOutboxes
from leadflow.application.delivery_ports import Deliveries, Outboxes, Taking
from leadflow.application.ports import Window
from leadflow.domain.deliveries import (
    Delivery,
    DeliveryAttempt,
    DeliveryStatus,
    SentRequest,
    delivery_of,
)
from leadflow.domain.errors import TransientFault
from leadflow.domain.identifiers import TakingId, TenantId
from leadflow.domain.told_facts import FactName
from tests.builders import numbered
from tests.fakes.deliveries import MemoryDeliveries, MemoryOutboxes
from tests.unit.application.webhook_world import (
    assigned,
    outbox_of,
    webhook,
)
from tests.unit.domain.bidding_examples import NOW

OUTBOX = outbox_of(webhook())
LATER = NOW + timedelta(minutes=1)
OTHER = outbox_of(webhook(2))
ATTEMPT = DeliveryAttempt(at=NOW, response_status=200, duration_ms=5)
THREADS = 8
Done = TypeVar("Done")

pytestmark = pytest.mark.usefixtures("tables")


def delivery(number: int = 0) -> Delivery:
    """The delivery of a fact; later numbers are of later facts."""
    fact = assigned(number).model_copy(update={"at": NOW + timedelta(seconds=number)})
    return delivery_of(FactName.LEAD_ASSIGNED, fact, webhook())


def settled(one: Delivery) -> Delivery:
    return one.settled(DeliveryStatus.SUCCEEDED, (ATTEMPT,))


def taking(number: int, until: datetime = LATER) -> Taking:
    """The taking of one who takes an outbox."""
    return Taking(TakingId(numbered("taking", number)), until)


FIRST, SECOND = taking(1), taking(2)


def at_once(do: Callable[[], Done]) -> list[Done]:
    """What as many calls at the same moment as there are threads give."""
    barrier = Barrier(THREADS)

    def one(_number: int) -> Done:
        barrier.wait()
        return do()

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(one, range(THREADS)))


@pytest.mark.parametrize("keep", [MemoryDeliveries, DynamoDeliveries])
class TestDeliveries:
    """The contract of `Deliveries`."""

    def test_a_delivery_is_opened_once_and_found_again(
        self, keep: Callable[[], Deliveries]
    ) -> None:
        kept = keep()
        assert [kept.open(OUTBOX, delivery()) for _ in range(2)] == [True, False]
        assert kept.open(OTHER, delivery())
        assert kept.get(OUTBOX, delivery().id) == delivery()
        assert kept.get(OUTBOX, delivery(1).id) is None

    def test_what_is_pending_is_found_oldest_first_until_it_is_settled(
        self, keep: Callable[[], Deliveries]
    ) -> None:
        kept = keep()
        for number in (2, 0, 1):
            kept.open(OUTBOX, delivery(number))
        assert kept.pending(OUTBOX, limit=2) == [delivery(0), delivery(1)]
        kept.settle(OUTBOX, settled(delivery(0)))
        assert kept.pending(OUTBOX, limit=9) == [delivery(1), delivery(2)]
        assert kept.pending(OTHER, limit=9) == []
        assert kept.get(OUTBOX, delivery().id) == settled(delivery(0))
        assert not kept.open(OUTBOX, delivery(0))
        assert kept.reopen(OUTBOX, settled(delivery(0)).reopened())
        assert [one.id for one in kept.pending(OUTBOX, limit=1)] == [delivery(0).id]

    def test_what_has_moved_on_is_neither_settled_nor_reopened(
        self, keep: Callable[[], Deliveries]
    ) -> None:
        kept = keep()
        kept.open(OUTBOX, delivery())
        kept.settle(OUTBOX, settled(delivery()))
        with pytest.raises(TransientFault):
            kept.settle(OUTBOX, settled(delivery()))
        again = settled(delivery()).reopened()
        assert [kept.reopen(OUTBOX, again) for _ in range(2)] == [True, False]

    def test_they_are_listed_newest_first_page_by_page(
        self, keep: Callable[[], Deliveries]
    ) -> None:
        kept = keep()
        for number in range(5):
            kept.open(OUTBOX, delivery(number))
        found: list[Delivery] = []
        position = None
        for _ in range(3):
            page = kept.page(OUTBOX, Window(2, position))
            found += page.items
            position = page.position
        assert found == [delivery(number) for number in range(4, -1, -1)]
        assert position is None


@pytest.mark.parametrize("keep", [MemoryOutboxes, DynamoOutboxes])
class TestOutboxes:
    """The contract of `Outboxes`."""

    def test_one_has_it_until_its_time_is_over(self, keep: Callable[[], Outboxes]) -> None:
        kept = keep()
        assert not kept.ring(OUTBOX, NOW).is_heard
        assert kept.take(OUTBOX, FIRST, NOW)
        assert not kept.take(OUTBOX, SECOND, NOW)
        assert kept.take(OTHER, FIRST, NOW)
        assert kept.ring(OUTBOX, NOW).is_heard
        assert not kept.ring(OUTBOX, LATER).is_heard
        assert kept.take(OUTBOX, taking(2, LATER + timedelta(minutes=1)), LATER)
        assert not kept.release(OUTBOX, FIRST, rings=None, failing=False)

    def test_one_who_was_called_is_awaited_until_somebody_comes(
        self, keep: Callable[[], Outboxes]
    ) -> None:
        kept = keep()
        kept.called(OUTBOX, kept.ring(OUTBOX, NOW), LATER)
        assert kept.ring(OUTBOX, NOW).is_heard
        assert not kept.ring(OUTBOX, LATER).is_heard
        kept.take(OUTBOX, FIRST, NOW)
        kept.release(OUTBOX, FIRST, rings=None, failing=False)
        assert not kept.ring(OUTBOX, NOW).is_heard

    def test_nobody_is_awaited_who_has_come_already(self, keep: Callable[[], Outboxes]) -> None:
        kept = keep()
        for _ in range(2):
            rung = kept.ring(OUTBOX, NOW)
            kept.take(OUTBOX, FIRST, NOW)
            kept.release(OUTBOX, FIRST, rings=None, failing=False)
            kept.called(OUTBOX, rung, LATER)
            assert not kept.ring(OUTBOX, NOW).is_heard

    def test_it_is_not_given_back_over_a_call_that_was_not_seen(
        self, keep: Callable[[], Outboxes]
    ) -> None:
        kept = keep()
        assert kept.rings(OUTBOX) == 0
        kept.ring(OUTBOX, NOW)
        kept.take(OUTBOX, FIRST, NOW)
        seen = kept.rings(OUTBOX)
        kept.ring(OUTBOX, NOW)
        assert not kept.release(OUTBOX, FIRST, rings=seen, failing=True)
        assert kept.ring(OUTBOX, NOW).is_heard
        assert kept.release(OUTBOX, FIRST, rings=seen + 2, failing=True)
        rung = kept.ring(OUTBOX, NOW)
        assert (rung.is_heard, rung.failing) == (False, True)

    def test_who_asks_again_for_its_answer_was_lost_is_told_the_same(
        self, keep: Callable[[], Outboxes]
    ) -> None:
        """A client repeats a call by itself; told no, nobody would work on what it has taken."""
        kept = keep()
        kept.ring(OUTBOX, NOW)
        assert [kept.take(OUTBOX, FIRST, NOW) for _ in range(2)] == [True, True]
        assert not kept.release(OUTBOX, SECOND, rings=None, failing=False)
        for _ in range(2):
            assert kept.release(OUTBOX, FIRST, rings=1, failing=False)
        assert kept.take(OUTBOX, SECOND, NOW)

    def test_it_can_be_given_back_however_many_calls_there_are(
        self, keep: Callable[[], Outboxes]
    ) -> None:
        kept = keep()
        kept.take(OUTBOX, FIRST, NOW)
        kept.ring(OUTBOX, NOW)
        assert kept.release(OUTBOX, FIRST, rings=None, failing=False)
        assert kept.take(OUTBOX, FIRST, NOW)


def test_of_many_who_open_one_delivery_one_does() -> None:
    kept = DynamoDeliveries()
    assert sorted(at_once(lambda: kept.open(OUTBOX, delivery()))) == [False] * 7 + [True]


def test_of_many_who_take_one_outbox_in_the_same_moment_one_has_it() -> None:
    kept, takings = DynamoOutboxes(), map(taking, range(THREADS))
    assert sorted(at_once(lambda: kept.take(OUTBOX, next(takings), NOW))) == [False] * 7 + [True]


def test_tenants_have_outboxes_of_their_own() -> None:
    kept, strange = (
        DynamoDeliveries(),
        OUTBOX.model_copy(update={"tenant_id": TenantId("tenant_x")}),
    )
    kept.open(OUTBOX, delivery())
    assert kept.get(strange, delivery().id) is None
    assert kept.pending(strange, limit=9) == []


def test_a_page_ends_before_an_answer_would_be_too_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PAGE_BYTES_MAX", 3_000)
    kept = DynamoDeliveries()
    request = SentRequest(method="POST", url="https://x", headers={}, body="x" * 2_000)
    for number in range(3):
        one = delivery(number)
        kept.open(OUTBOX, one)
        kept.settle(OUTBOX, one.settled(DeliveryStatus.SUCCEEDED, (ATTEMPT,), request))
    first = kept.page(OUTBOX, Window(9))
    second = kept.page(OUTBOX, Window(9, first.position))
    assert [one.id for one in (*first.items, *second.items)] == [delivery(2).id, delivery(1).id]
    assert second.position == delivery(1).id
