"""What every store of returns promises, held against the fake and against DynamoDB."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import pytest

from leadflow.adapters.dynamodb.bids import DynamoBidBook
from leadflow.adapters.dynamodb.customers import DynamoCustomers
from leadflow.adapters.dynamodb.leads import DynamoLeads, lead_item
from leadflow.adapters.dynamodb.returns import DynamoReturns
from leadflow.application.auction_ports import BidBook, Customers
from leadflow.application.list_ports import Period
from leadflow.application.return_ports import (
    ReturnRequestLists,
    ReturnRequests,
    Returns,
    ReturnWalk,
)
from leadflow.domain.identifiers import LeadId, TenantId, UserId
from leadflow.domain.leads import Lead
from leadflow.domain.return_tiers import NO_TIERS
from leadflow.domain.returns import (
    ReturnDecision,
    Returned,
    ReturnRequest,
    ReturnStatus,
    return_request_id,
    returned,
    with_request,
)
from tests.builders import TENANT_ID, lead
from tests.fakes.book import MemoryBook
from tests.fakes.customers import MemoryCustomers
from tests.fakes.leads import MemoryLeads
from tests.fakes.returns import MemoryReturns
from tests.integration.seeds import (
    store_bid,
    store_customer,
)
from tests.unit.application.returns_world import WON
from tests.unit.domain.bidding_examples import NOW, bid, customer, minutes
from tests.unit.domain.return_examples import RECORD, return_request, sold

OWNER = customer(1, spendable=100, usage=WON)
OFFER = bid(usage=WON)
STRANGER = TenantId("tenant_" + "9" * 26)
DECISION = ReturnDecision(decided_by=UserId("user_1"), decided_at=NOW)
EVER = Period(minutes(10_000), NOW)


class ReturnStore(Returns, ReturnRequests, ReturnRequestLists, Protocol):
    """All that a store of returns does."""


class LeadStore(Protocol):
    def get(self, tenant_id: TenantId, lead_id: LeadId) -> Lead | None: ...


@dataclass
class Stores:
    """The ports, with a way to put things in that does not go through them."""

    returns: ReturnStore
    leads: LeadStore
    customers: Customers
    bids: BidBook
    put_lead: Callable[[Lead], object]

    def stand(self) -> tuple[object, ...]:
        """All that a return may change, its entry apart."""
        return (
            self.leads.get(TENANT_ID, sold().id),
            self.customers.many(TENANT_ID, [OWNER.id])[OWNER.id],
            self.bids.get(TENANT_ID, OWNER.id, OFFER.id),
            self.returns.get(TENANT_ID, return_request().id),
        )


def in_memory() -> Stores:
    leads, customers = MemoryLeads(), MemoryCustomers.of(OWNER)
    returns = MemoryReturns(leads, customers, MemoryBook([OFFER]))
    return Stores(
        returns, leads, customers, returns.bids, lambda one: leads.stored.update({one.id: one})
    )


def in_tables() -> Stores:
    store_customer(OWNER)
    store_bid(OFFER)
    return Stores(
        DynamoReturns(),
        DynamoLeads(),
        DynamoCustomers(),
        DynamoBidBook(),
        lambda one: lead_item(TENANT_ID, one).save(),
    )


@pytest.fixture(params=["fake", "dynamodb"])
def stores(request: pytest.FixtureRequest) -> Stores:
    if request.param == "fake":
        made = in_memory()
    else:
        request.getfixturevalue("tables")
        made = in_tables()
    made.put_lead(sold())
    return made


def opened(stores: Stores, number: int = 0, **changes: object) -> ReturnRequest:
    """A request of that lead, stored."""
    request = return_request(number).model_copy(update=changes)
    stores.put_lead(sold(number))
    assert stores.returns.open(TENANT_ID, with_request(sold(number), request), request)
    return request


def after_return(stores: Stores, request: ReturnRequest | None = None) -> Returned:
    """The stored lead given back; the request approved with it."""
    now = stores.leads.get(TENANT_ID, sold().id)
    assert now
    approved = request.decided(ReturnStatus.APPROVED, DECISION) if request else None
    return returned(now, OWNER, OFFER, RECORD, NOW, ladder=NO_TIERS)._replace(request=approved)


class TestBooking:
    def test_lead_wallet_bid_and_request_change_together(self, stores: Stores) -> None:
        after = after_return(stores, opened(stores))
        assert stores.returns.book(TENANT_ID, after)
        assert stores.stand() == (after.lead, after.customer, after.bid, after.request)

    def test_a_return_that_changes_the_lead_alone_is_stored(self, stores: Stores) -> None:
        after = Returned(after_return(stores).lead)
        assert stores.returns.book(TENANT_ID, after)
        assert stores.stand() == (after.lead, OWNER, OFFER, None)

    @pytest.mark.parametrize("part", ["lead", "customer", "bid", "request"])
    def test_whatever_has_moved_on_keeps_all_from_being_stored(
        self, stores: Stores, part: str
    ) -> None:
        after = after_return(stores, opened(stores))
        late = getattr(after, part)
        newer = late.model_copy(update={"version": late.version + 1})
        before = stores.stand()
        assert not stores.returns.book(TENANT_ID, after._replace(**{part: newer}))
        assert stores.stand() == before

    def test_the_entry_alone_keeps_a_refund_from_being_booked_twice(self, stores: Stores) -> None:
        after = after_return(stores)
        assert stores.returns.book(TENANT_ID, after)
        assert after.customer
        assert after.bid
        third = {"version": 3}
        again = Returned(
            after.lead.model_copy(update=third),
            after.customer.model_copy(update=third),
            after.bid.model_copy(update=third),
            after.entry,
        )
        before = stores.stand()
        assert not stores.returns.book(TENANT_ID, again)
        assert stores.stand() == before


class TestRequests:
    def test_a_request_comes_with_its_lead(self, stores: Stores) -> None:
        request = opened(stores)
        assert stores.returns.get(TENANT_ID, request.id) == request
        assert stores.leads.get(TENANT_ID, sold().id) == with_request(sold(), request)
        assert stores.returns.get(STRANGER, request.id) is None

    def test_a_lead_has_no_second_request(self, stores: Stores) -> None:
        first = opened(stores)
        second = first.model_copy(update={"reason": "duplicate"})
        lead_after = with_request(with_request(sold(), first), second)
        assert not stores.returns.open(TENANT_ID, lead_after, second)
        assert stores.returns.get(TENANT_ID, first.id) == first

    def test_a_lead_that_has_moved_on_gets_no_request(self, stores: Stores) -> None:
        stores.put_lead(sold(version=2))
        request = return_request()
        assert not stores.returns.open(TENANT_ID, with_request(sold(), request), request)
        assert stores.returns.get(TENANT_ID, request.id) is None

    def test_a_decision_is_stored_on_the_version_before(self, stores: Stores) -> None:
        request = opened(stores)
        denied = request.decided(ReturnStatus.DENIED, DECISION)
        approved = request.decided(ReturnStatus.APPROVED, DECISION)
        assert stores.returns.decide(TENANT_ID, denied)
        assert not stores.returns.decide(TENANT_ID, approved)
        assert stores.returns.get(TENANT_ID, request.id) == denied

    def test_an_unknown_request_cannot_be_decided(self, stores: Stores) -> None:
        denied = return_request().decided(ReturnStatus.DENIED, DECISION)
        assert not stores.returns.decide(TENANT_ID, denied)


class TestLists:
    def test_requests_are_walked_by_customer_by_status_and_all_together(
        self, stores: Stores
    ) -> None:
        rival = customer(2).id
        requests = [
            opened(stores, 1, requested_at=minutes(9_000)),
            opened(stores, 2, requested_at=minutes(50), customer_id=rival),
            opened(stores, 3, requested_at=minutes(40)),
        ]
        denied = requests[0].decided(ReturnStatus.DENIED, DECISION)
        assert stores.returns.decide(TENANT_ID, denied)
        for walk, expected in (
            (ReturnWalk(None, None, EVER), [3, 2, 1]),
            (ReturnWalk(OWNER.id, None, EVER), [3, 1]),
            (ReturnWalk(OWNER.id, ReturnStatus.DENIED, EVER), [3, 1]),
            (ReturnWalk(None, ReturnStatus.PENDING, EVER), [3, 2]),
            (ReturnWalk(None, ReturnStatus.DENIED, EVER), [1]),
            (ReturnWalk(None, ReturnStatus.APPROVED, EVER), []),
            (ReturnWalk(None, None, Period(minutes(50), minutes(45))), [2]),
        ):
            assert walked(stores, walk) == expected, walk
        assert walked(stores, ReturnWalk(None, None, EVER), STRANGER) == []

    def test_requests_come_by_id_without_those_that_are_unknown(self, stores: Stores) -> None:
        request = opened(stores)
        unknown = return_request_id(lead(9).id)
        found = stores.returns.many(TENANT_ID, [request.id, unknown])
        assert found == {request.id: request}
        assert stores.returns.many(STRANGER, [request.id]) == {}


def walked(stores: Stores, walk: ReturnWalk, tenant_id: TenantId = TENANT_ID) -> list[int]:
    """A whole walk, one place at a time, as the numbers of the leads."""
    found: list[int] = []
    position: str | None = None
    while spots := stores.returns.spots(tenant_id, walk, limit=1, position=position):
        requests = stores.returns.many(tenant_id, [spot.id for spot in spots])
        found += [int(requests[spot.id].lead_id[-9:]) for spot in spots]
        position = spots[-1].position
    return found
