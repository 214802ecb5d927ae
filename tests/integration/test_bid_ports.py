"""Bids and the book of bids: the fake stores and the real ones keep the same contract."""

import pytest

from leadflow.adapters.dynamodb.bid_store import DynamoBidStore
from leadflow.adapters.dynamodb.bids import FIRST_PAGE, DynamoBidBook
from leadflow.adapters.dynamodb.customer_store import DynamoCustomerStore
from leadflow.adapters.dynamodb.ledger import DynamoWallets
from leadflow.adapters.system import Ulids
from leadflow.domain.bids import Bid
from leadflow.domain.errors import Conflict, NotFound
from leadflow.domain.identifiers import BidId, CustomerId, LeadTypeId
from leadflow.domain.revisions import revised
from leadflow.domain.scopes import Scope
from tests.builders import TENANT_ID, TYPE_ID
from tests.fakes.bid_store import MemoryBidStore
from tests.fakes.customer_store import MemoryCustomerStore, MemoryWallets
from tests.integration.trade_ports import AUTHOR, LATER, STRANGER, Ports
from tests.unit.domain.bidding_examples import NOW, bid, minutes


@pytest.fixture(params=["memory", "dynamo"])
def ports(request: pytest.FixtureRequest) -> Ports:
    if request.param == "memory":
        customers, bids = MemoryCustomerStore(), MemoryBidStore()
        return Ports(customers, MemoryWallets(customers), bids, bids)
    request.getfixturevalue("tables")
    ids = Ulids()
    return Ports(DynamoCustomerStore(ids), DynamoWallets(), DynamoBidStore(ids), DynamoBidBook())


class TestBidStore:
    def test_a_bid_comes_back_as_it_was_stored(self, ports: Ports) -> None:
        stored = bid(100, 1, last_won_at=minutes(5))

        ports.bids.add(TENANT_ID, stored, AUTHOR)

        assert ports.bids.find(TENANT_ID, stored.id) == stored
        assert ports.book.get(TENANT_ID, stored.customer_id, stored.id) == stored

    def test_another_tenants_bid_is_unknown(self, ports: Ports) -> None:
        ports.bids.add(STRANGER, bid(100, 1), AUTHOR)
        foreign = [spot.id for spot in ports.bids.spots(STRANGER, None, limit=5, position=None)]

        assert ports.bids.find(TENANT_ID, bid(100, 1).id) is None
        assert ports.bids.spots(TENANT_ID, None, limit=5, position=None) == []
        assert ports.bids.many(TENANT_ID, foreign) == {}

    def test_a_second_live_bid_in_one_place_is_refused(self, ports: Ports) -> None:
        ports.bids.add(TENANT_ID, bid(100, 1), AUTHOR)
        twin = bid(200, 1, id=BidId("bid_" + "9" * 26), county="TRAVIS county")

        with pytest.raises(Conflict) as refused:
            ports.bids.add(TENANT_ID, twin, AUTHOR)

        assert refused.value.code == "bid_exists"
        assert ports.bids.find(TENANT_ID, twin.id) is None

    def test_scopes_types_and_customers_do_not_hinder_each_other(self, ports: Ports) -> None:
        other_type = LeadTypeId("type_" + "5" * 26)
        many = (
            bid(100, 1),
            bid(100, 2),
            bid(100, 1, Scope.STATE),
            bid(100, 1, id=BidId("bid_" + "8" * 26), lead_type_id=other_type),
        )
        for one in many:
            ports.bids.add(TENANT_ID, one, AUTHOR)

        assert len(ports.bids.live_of(TENANT_ID, bid(100, 1).customer_id)) == 3

    def test_an_archived_bid_stays_readable_and_gives_up_its_place(self, ports: Ports) -> None:
        ports.bids.add(TENANT_ID, bid(100, 1), AUTHOR)

        def archive(one: Bid) -> Bid:
            return revised(one, LATER.at, archived=True)

        archived = ports.bids.change(TENANT_ID, bid(100, 1).id, archive, LATER)
        ports.bids.add(TENANT_ID, bid(200, 1, id=BidId("bid_" + "9" * 26)), LATER)

        assert ports.bids.find(TENANT_ID, archived.id) == archived
        ranked = ports.book.ranked(TENANT_ID, TYPE_ID, Scope.COUNTY, archived.location_key)
        assert [one.amount_cents for one in ranked] == [20_000]

    def test_an_unknown_bid_cannot_be_changed(self, ports: Ports) -> None:
        with pytest.raises(NotFound):
            ports.bids.change(TENANT_ID, bid().id, lambda one: one, AUTHOR)

    def test_a_new_amount_moves_the_bid_among_the_others(self, ports: Ports) -> None:
        for owner, amount in ((1, 100), (2, 200)):
            ports.bids.add(TENANT_ID, bid(amount, owner), AUTHOR)

        ports.bids.change(
            TENANT_ID, bid(100, 1).id, lambda one: revised(one, NOW, amount_cents=30_000), AUTHOR
        )

        ranked = ports.book.ranked(TENANT_ID, TYPE_ID, Scope.COUNTY, bid().location_key)
        assert [one.customer_number for one in ranked] == [1, 2]

    def test_lists_go_from_the_newest_back(self, ports: Ports) -> None:
        for owner in (1, 2, 3):
            ports.bids.add(TENANT_ID, bid(100, owner), AUTHOR)
        ports.bids.add(TENANT_ID, bid(100, 2, Scope.STATE), AUTHOR)

        everybodys = walked(ports, None)
        own = walked(ports, bid(100, 2).customer_id)

        assert everybodys == [
            bid(100, 2, Scope.STATE).id,
            *(bid(100, owner).id for owner in (3, 2, 1)),
        ]
        assert own == [bid(100, 2, Scope.STATE).id, bid(100, 2).id]


def walked(ports: Ports, owner: CustomerId | None) -> list[BidId]:
    """The ids of a list, walked in pages of two."""
    found: list[BidId] = []
    position: str | None = None
    while spots := ports.bids.spots(TENANT_ID, owner, limit=2, position=position):
        bids = ports.bids.many(TENANT_ID, [spot.id for spot in spots])
        found += (bids[spot.id].id for spot in spots)
        position = spots[-1].position
    return found


class TestBidBook:
    def test_bids_come_in_the_order_in_which_they_would_win(self, ports: Ports) -> None:
        offers = [
            bid(100, 1),
            bid(200, 2, last_won_at=minutes(5)),
            bid(200, 3),
            bid(200, 4, last_won_at=minutes(50)),
            bid(200, 5),
        ]
        for offer in offers:
            ports.bids.add(TENANT_ID, offer, AUTHOR)

        ranked = ports.book.ranked(TENANT_ID, TYPE_ID, Scope.COUNTY, bid().location_key)

        assert [one.customer_number for one in ranked] == [3, 5, 4, 2, 1]

    def test_nothing_is_missing_however_many_pages_it_takes(self, ports: Ports) -> None:
        owners = range(1, 3 * FIRST_PAGE + 1)
        for owner in owners:
            ports.bids.add(TENANT_ID, bid(100, owner), AUTHOR)

        ranked = ports.book.ranked(TENANT_ID, TYPE_ID, Scope.COUNTY, bid().location_key)

        assert [one.customer_number for one in ranked] == list(owners)

    def test_a_customers_bids_are_found_by_their_places(self, ports: Ports) -> None:
        county, state = bid(100, 1), bid(100, 1, Scope.STATE)
        for offer in (county, state, bid(100, 2)):
            ports.bids.add(TENANT_ID, offer, AUTHOR)
        places = [county.location_key, state.location_key]

        found = ports.book.of_customer(TENANT_ID, county.customer_id, TYPE_ID, places)

        assert {one.id for one in found} == {county.id, state.id}
        assert not ports.book.of_customer(TENANT_ID, county.customer_id, TYPE_ID, ["nowhere"])
