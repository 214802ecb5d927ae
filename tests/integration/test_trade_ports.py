"""Customers and wallets: the fake stores and the real ones keep the same contract."""

from functools import partial

import pytest

from leadflow.adapters.dynamodb import optimistic
from leadflow.adapters.dynamodb.bid_store import DynamoBidsOfType, DynamoBidStore
from leadflow.adapters.dynamodb.bids import FIRST_PAGE, DynamoBidBook
from leadflow.adapters.dynamodb.configuration import DynamoConfiguration
from leadflow.adapters.dynamodb.configuration_items import ConfigurationItem
from leadflow.adapters.dynamodb.customer_store import DynamoCustomerStore
from leadflow.adapters.dynamodb.customers import customer_item
from leadflow.adapters.dynamodb.ledger import DynamoWallets
from leadflow.adapters.dynamodb.wallet_items import BidItem, CustomerItem, EntryItem
from leadflow.adapters.system import SystemClock, Ulids
from leadflow.application.ports import Window
from leadflow.domain.bids import Bid
from leadflow.domain.customers import Customer
from leadflow.domain.errors import NotFound, TransientFault, Unprocessable
from leadflow.domain.identifiers import LeadTypeId, TransactionId
from leadflow.domain.ledger import LedgerEvent, Posting, post
from leadflow.domain.revisions import revised
from leadflow.domain.scopes import Scope
from tests.builders import TENANT_ID, TYPE_ID
from tests.fakes.bid_store import MemoryBidStore
from tests.fakes.customer_store import MemoryCustomerStore, MemoryWallets
from tests.integration.trade_ports import AUTHOR, LATER, STRANGER, Ports
from tests.unit.domain.bidding_examples import NOW, bid, customer


@pytest.fixture(params=["memory", "dynamo"])
def ports(request: pytest.FixtureRequest) -> Ports:
    if request.param == "memory":
        customers, bids = MemoryCustomerStore(), MemoryBidStore()
        return Ports(customers, MemoryWallets(customers), bids, bids)
    request.getfixturevalue("tables")
    ids = Ulids()
    return Ports(DynamoCustomerStore(ids), DynamoWallets(), DynamoBidStore(ids), DynamoBidBook())


def moved(cents: int, transaction: str, owner: Customer) -> Posting:
    """A movement by the tenant."""
    event = (
        LedgerEvent.FUNDS_ADDED_BY_TENANT if cents > 0 else LedgerEvent.FUNDS_SUBTRACTED_BY_TENANT
    )
    number = TransactionId(transaction)
    return post(owner, event, cents, transaction_id=number, description="By hand.", at=NOW)


class TestCustomerStore:
    def test_a_customer_comes_back_as_it_was_stored(self, ports: Ports) -> None:
        stored = customer(1, phone="+15125550142", country="US")

        ports.customers.add(TENANT_ID, stored, AUTHOR)

        assert ports.customers.get(TENANT_ID, stored.id) == stored

    def test_another_tenants_customer_is_unknown(self, ports: Ports) -> None:
        ports.customers.add(STRANGER, customer(1), AUTHOR)

        assert ports.customers.get(TENANT_ID, customer(1).id) is None
        assert ports.customers.many(TENANT_ID, [customer(1).id]) == {}
        assert ports.customers.spots(TENANT_ID, limit=5, position=None) == []

    def test_numbers_grow_by_tenant(self, ports: Ports) -> None:
        numbers = [ports.customers.next_number(TENANT_ID) for _ in range(3)]

        assert numbers == [1, 2, 3]
        assert ports.customers.next_number(STRANGER) == 1

    def test_a_change_is_stored(self, ports: Ports) -> None:
        ports.customers.add(TENANT_ID, customer(1), AUTHOR)

        def change(one: Customer) -> Customer:
            return revised(one, LATER.at, paused=True)

        changed = ports.customers.change(TENANT_ID, customer(1).id, change, LATER)

        assert (changed.paused, changed.version, changed.updated_at) == (True, 2, LATER.at)
        assert ports.customers.get(TENANT_ID, changed.id) == changed

    def test_an_unknown_customer_cannot_be_changed(self, ports: Ports) -> None:
        with pytest.raises(NotFound):
            ports.customers.change(TENANT_ID, customer(1).id, lambda one: one, AUTHOR)

    def test_the_list_goes_from_the_newest_back(self, ports: Ports) -> None:
        for number in (2, 1, 3):
            ports.customers.add(TENANT_ID, customer(number), AUTHOR)

        first = ports.customers.spots(TENANT_ID, limit=2, position=None)
        rest = ports.customers.spots(TENANT_ID, limit=2, position=first[-1].position)

        assert [spot.id for spot in (*first, *rest)] == [customer(n).id for n in (3, 2, 1)]


class TestWallets:
    def test_wallet_and_entry_change_together(self, ports: Ports) -> None:
        ports.customers.add(TENANT_ID, customer(1, spendable=0), AUTHOR)

        entry = ports.wallets.move(TENANT_ID, customer(1).id, lambda one: moved(500, "txn_1", one))

        wallet = ports.customers.get(TENANT_ID, customer(1).id)
        assert wallet is not None
        assert (wallet.balance_cents, wallet.lifetime_deposits_cents) == (500, 500)
        assert ports.wallets.entry(TENANT_ID, wallet.id, entry.id) == entry
        assert entry.balance_after_cents == 500

    def test_the_same_transaction_is_booked_once(self, ports: Ports) -> None:
        ports.customers.add(TENANT_ID, customer(1, spendable=0), AUTHOR)
        wallets = ports.wallets

        wallets.move(TENANT_ID, customer(1).id, lambda one: moved(500, "txn_1", one))
        entry = wallets.move(TENANT_ID, customer(1).id, lambda one: moved(700, "txn_1", one))

        wallet = ports.customers.get(TENANT_ID, customer(1).id)
        assert wallet is not None
        assert (entry.amount_cents, wallet.balance_cents) == (500, 500)

    def test_a_refused_movement_changes_nothing(self, ports: Ports) -> None:
        ports.customers.add(TENANT_ID, customer(1, spendable=1), AUTHOR)

        with pytest.raises(Unprocessable) as refused:
            ports.wallets.move(TENANT_ID, customer(1).id, lambda one: moved(-101, "txn_1", one))

        assert refused.value.code == "insufficient_funds"
        assert ports.customers.get(TENANT_ID, customer(1).id) == customer(1, spendable=1)
        assert ports.wallets.entries(TENANT_ID, customer(1).id, Window(5)).items == []

    def test_an_unknown_wallet_is_not_found(self, ports: Ports) -> None:
        with pytest.raises(NotFound):
            ports.wallets.move(TENANT_ID, customer(1).id, lambda one: moved(1, "txn_1", one))

    def test_entries_are_paged_from_the_newest_back(self, ports: Ports) -> None:
        owner = customer(1, spendable=0)
        ports.customers.add(TENANT_ID, owner, AUTHOR)
        for name in ("txn_8", "txn_7", "txn_6"):
            ports.wallets.move(TENANT_ID, owner.id, partial(moved, 100, name))

        first = ports.wallets.entries(TENANT_ID, owner.id, Window(2))
        rest = ports.wallets.entries(TENANT_ID, owner.id, Window(2, first.position))

        assert [entry.sequence for entry in (*first.items, *rest.items)] == [3, 2, 1]
        assert rest.position is None


class TestOnlyTheRealStore:
    def test_a_page_is_read_when_it_is_asked_for(self, tables: dict[str, str]) -> None:
        store = DynamoBidStore(Ulids())
        for owner in range(1, FIRST_PAGE + 2):
            store.add(TENANT_ID, bid(100, owner), AUTHOR)
        ranked = DynamoBidBook().ranked(TENANT_ID, TYPE_ID, Scope.COUNTY, bid().location_key)

        first = [next(ranked) for _ in range(FIRST_PAGE)]
        for item in list(BidItem.scan()):
            item.delete()

        assert len(first) == FIRST_PAGE
        assert list(ranked) == []

    def test_every_change_has_a_line_in_the_audit_log(self, tables: dict[str, str]) -> None:
        customers, bids = DynamoCustomerStore(Ulids()), DynamoBidStore(Ulids())
        customers.add(TENANT_ID, customer(1), AUTHOR)
        bids.add(TENANT_ID, bid(100, 1), AUTHOR)
        bids.change(TENANT_ID, bid(100, 1).id, lambda one: revised(one, NOW, paused=True), LATER)
        customers.change(TENANT_ID, customer(1).id, lambda one: one, LATER)

        lines = DynamoConfiguration().audit_log(TENANT_ID, Window(9)).items

        shown = [(one.actor, one.resource, one.resource_id) for one in lines]
        assert sorted(shown) == [
            ("user_1", "bids", bid(100, 1).id),
            ("user_1", "customers", customer(1).id),
            ("user_2", "bids", bid(100, 1).id),
        ]
        edited = next(one for one in lines if one.actor == "user_2")
        assert (edited.before, edited.after) == ({"paused": False}, {"paused": True})

    def test_all_live_bids_on_a_type_are_archived_once(self, tables: dict[str, str]) -> None:
        store = DynamoBidStore(Ulids())
        other_type = LeadTypeId("type_" + "5" * 26)
        kept = bid(100, 9, lead_type_id=other_type)
        for offer in (bid(100, 1), bid(100, 2), kept):
            store.add(TENANT_ID, offer, AUTHOR)
        every = DynamoBidsOfType(store, SystemClock())

        every.archive(TENANT_ID, TYPE_ID)
        once = store.find(TENANT_ID, bid(100, 1).id)
        every.archive(TENANT_ID, TYPE_ID)

        assert once is not None
        assert once.archived
        assert store.find(TENANT_ID, once.id) == once
        assert store.find(TENANT_ID, kept.id) == kept

    def test_a_change_meets_what_another_has_written_meanwhile(
        self, tables: dict[str, str]
    ) -> None:
        store, wallets = DynamoCustomerStore(Ulids()), DynamoWallets()
        store.add(TENANT_ID, customer(1, spendable=0), AUTHOR)
        seen: list[int] = []

        def rename(one: Customer) -> Customer:
            seen.append(one.balance_cents)
            if len(seen) == 1:
                wallets.move(TENANT_ID, one.id, lambda now: moved(500, "txn_1", now))
            return revised(one, NOW, name="New")

        changed = store.change(TENANT_ID, customer(1).id, rename, LATER)

        assert seen == [0, 500]
        assert (changed.name, changed.balance_cents) == ("New", 500)

    def test_a_movement_meets_what_another_has_booked_meanwhile(
        self, tables: dict[str, str]
    ) -> None:
        wallets = DynamoWallets()
        DynamoCustomerStore(Ulids()).add(TENANT_ID, customer(1, spendable=0), AUTHOR)
        seen: list[int] = []

        def add(one: Customer) -> Posting:
            seen.append(one.balance_cents)
            if len(seen) == 1:
                wallets.move(TENANT_ID, one.id, partial(moved, 500, "txn_1"))
            return moved(300, "txn_2", one)

        entry = wallets.move(TENANT_ID, customer(1).id, add)

        assert seen == [0, 500]
        assert (entry.balance_after_cents, entry.sequence) == (800, 2)

    def test_a_bid_keeps_the_lead_that_it_won_while_it_was_edited(
        self, tables: dict[str, str]
    ) -> None:
        store = DynamoBidStore(Ulids())
        store.add(TENANT_ID, bid(100, 1), AUTHOR)
        tries: list[Bid] = []

        def pause(one: Bid) -> Bid:
            tries.append(one)
            if len(tries) == 1:
                store.change(TENANT_ID, one.id, won, AUTHOR)
            return revised(one, NOW, paused=True)

        def won(one: Bid) -> Bid:
            return revised(one, NOW, usage=one.usage.with_win(NOW, 500), last_won_at=NOW)

        edited = store.change(TENANT_ID, bid(100, 1).id, pause, LATER)

        assert (edited.paused, edited.last_won_at, edited.usage.daily.count) == (True, NOW, 1)

    def test_an_item_that_never_comes_to_rest_is_a_fault(
        self, tables: dict[str, str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(optimistic, "WRITES_MAX", 3)
        store = DynamoCustomerStore(Ulids())
        store.add(TENANT_ID, customer(1), AUTHOR)

        def contended(one: Customer) -> Customer:
            item = customer_item(TENANT_ID, revised(one, NOW, paused=not one.paused))
            item.save()
            return revised(one, NOW, name="New")

        with pytest.raises(TransientFault):
            store.change(TENANT_ID, customer(1).id, contended, AUTHOR)

    def test_items_carry_what_conditions_and_indexes_need(self, tables: dict[str, str]) -> None:
        store = DynamoCustomerStore(Ulids())
        store.add(TENANT_ID, customer(1, spendable=0), AUTHOR)
        DynamoWallets().move(TENANT_ID, customer(1).id, lambda one: moved(500, "txn_1", one))

        pk = f"{TENANT_ID}#{customer(1).id}"
        wallet, entry = CustomerItem.get(pk, "CUSTOMER"), EntryItem.get(pk, "ENTRY#txn_1")
        assert (wallet.version, wallet.balance_cents, wallet.held_cents) == (2, 500, 0)
        assert entry.sequence == 1
        assert ConfigurationItem.count(f"{TENANT_ID}#AUDIT") == 1
