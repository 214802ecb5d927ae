"""Turns, counted calls and auctions: the fakes and the real stores keep the same contracts."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from leadflow.adapters.dynamodb import call_counts
from leadflow.adapters.dynamodb.auction_items import (
    auction_item,
    auction_list,
    due_shard,
)
from leadflow.adapters.dynamodb.call_counts import DynamoCallCounts
from leadflow.adapters.dynamodb.due_index import DUE_SHARDS
from leadflow.adapters.dynamodb.flow_items import RotationItem
from leadflow.adapters.dynamodb.leads import DynamoLeads
from leadflow.adapters.dynamodb.marketplace import DynamoMarketplace
from leadflow.adapters.dynamodb.marketplace_items import AuctionItem
from leadflow.adapters.dynamodb.rate_items import CallCountItem
from leadflow.adapters.dynamodb.rotations import DynamoRotations, rotation_put
from leadflow.adapters.dynamodb.transactions import Transaction
from leadflow.application.exchange_ports import Call, CallCounts, MinuteCount
from leadflow.application.marketplace_ports import Marketplace
from leadflow.application.ports import Leads, Refused
from leadflow.application.rotation_ports import Rotations
from leadflow.domain.assignments import AssignedVia
from leadflow.domain.auction_listings import AuctionStatus
from leadflow.domain.flows import FlowStep
from leadflow.domain.identifiers import AuctionId, TenantId
from leadflow.domain.leads import Lead, LeadStatus
from leadflow.domain.reservations import Reservation
from leadflow.domain.rotations import RotationState, Turn
from tests.builders import TENANT_ID, flow, lead, numbered, partner
from tests.fakes.call_counts import MemoryCallCounts
from tests.fakes.leads import MemoryLeads
from tests.fakes.marketplace import MemoryMarketplace
from tests.fakes.rotations import MemoryRotations
from tests.integration.seeds import store_lead
from tests.unit.domain.auction_examples import auction
from tests.unit.domain.bidding_examples import NOW, minutes
from tests.unit.domain.round_robin_examples import buyer, receiver, rotation

STRANGER = TenantId("tenant_" + "1" * 26)
STAGE = rotation().stage_id
STEP = FlowStep(number=1)


@dataclass
class Ports:
    """The stores under test; a lead that is being distributed is in them."""

    leads: Leads
    rotations: Rotations
    calls: CallCounts
    marketplace: Marketplace


@pytest.fixture(params=["memory", "dynamo"])
def ports(request: pytest.FixtureRequest) -> Ports:
    if request.param == "memory":
        leads = MemoryLeads.of(lead())
        rotations, marketplace = MemoryRotations(leads), MemoryMarketplace(leads)
        return Ports(leads, rotations, MemoryCallCounts(), marketplace)
    request.getfixturevalue("tables")
    store_lead(lead())
    return Ports(DynamoLeads(), DynamoRotations(), DynamoCallCounts(), DynamoMarketplace())


def reserved(before: Lead) -> Lead:
    """The next version of the lead, kept for a partner."""
    reservation = Reservation(
        stage_id=STAGE, step=1, via=AssignedVia.ROUND_ROBIN, open_until=NOW + timedelta(seconds=1)
    )
    return before.changed(NOW, reservation=reservation)


class TestRotations:
    def test_a_stage_that_has_handed_out_nothing_is_at_version_nought(self, ports: Ports) -> None:
        assert ports.rotations.get(TENANT_ID, STAGE) == RotationState(stage_id=STAGE)

    def test_a_turn_is_stored_with_the_lead_that_takes_it(self, ports: Ports) -> None:
        taken = rotation().taken(receiver(1), NOW)
        assert not ports.leads.reserve(TENANT_ID, reserved(lead()), taken)
        assert ports.rotations.get(TENANT_ID, STAGE) == taken

    def test_a_turn_on_an_old_state_stores_nothing(self, ports: Ports) -> None:
        first, once = rotation().taken(receiver(1), NOW), reserved(lead())
        ports.leads.reserve(TENANT_ID, once, first)
        stale = rotation().taken(receiver(2), NOW)
        assert ports.leads.reserve(TENANT_ID, reserved(once), stale) == {Refused.ROTATION}
        assert ports.rotations.get(TENANT_ID, STAGE) == first
        assert ports.leads.get(TENANT_ID, lead().id) == once

    def test_a_turn_is_given_back_with_the_lead_that_goes_on(self, ports: Ports) -> None:
        once, taken = reserved(lead()), rotation().taken(receiver(1), NOW)
        ports.leads.reserve(TENANT_ID, once, taken)
        back = taken.given_back(Turn(receiver(1), NOW))
        after = once.changed(NOW, reservation=None)
        assert not ports.leads.advance(TENANT_ID, after, STEP, back)
        assert ports.rotations.get(TENANT_ID, STAGE) == back


class TestCallCounts:
    def test_calls_are_counted_by_partner_exchange_and_minute(self, ports: Ports) -> None:
        first, second = partner(1).id, partner(2).id
        calls = [Call(first, "ping", True), Call(second, "ping", False)]
        ports.calls.count(TENANT_ID, calls, NOW)
        ports.calls.count(TENANT_ID, calls, NOW + timedelta(seconds=59))
        ports.calls.count(TENANT_ID, [Call(first, "post", False)], minutes(1))
        found = ports.calls.since(TENANT_ID, minutes(5), NOW)
        assert list(found) == [
            MinuteCount(first, "post", minutes(1), 1, 0),
            MinuteCount(first, "ping", NOW, 2, 2),
            MinuteCount(second, "ping", NOW, 2, 0),
        ]

    @pytest.mark.parametrize(
        ("since", "until", "counted"),
        [
            (minutes(2), minutes(0), [2, 1, 0]),
            (minutes(2) + timedelta(microseconds=1), minutes(0), [1, 0]),
            (minutes(2), minutes(1) + timedelta(seconds=59), [2, 1]),
            (minutes(9), minutes(3), []),
        ],
    )
    def test_minutes_that_begin_between_both_moments_are_read(
        self, ports: Ports, since: datetime, until: datetime, counted: list[int]
    ) -> None:
        for ago in (0, 1, 2):
            at = minutes(ago) + timedelta(seconds=30)
            ports.calls.count(TENANT_ID, [Call(partner(1).id, "post", False)], at)
        found = [one.minute for one in ports.calls.since(TENANT_ID, since, until)]
        assert found == [minutes(ago) for ago in counted]

    def test_another_tenants_calls_are_not_seen(self, ports: Ports) -> None:
        ports.calls.count(STRANGER, [Call(partner(1).id, "ping", True)], NOW)
        assert list(ports.calls.since(TENANT_ID, minutes(5), NOW)) == []

    def test_a_round_larger_than_one_update_is_counted_whole(self, ports: Ports) -> None:
        calls = [Call(partner(number).id, "ping", True) for number in range(250)]
        ports.calls.count(TENANT_ID, calls, NOW)
        found = ports.calls.since(TENANT_ID, NOW, NOW)
        assert [(one.calls, one.timeouts) for one in found] == [(1, 1)] * 250

    def test_no_calls_are_no_write(self, ports: Ports) -> None:
        ports.calls.count(TENANT_ID, [], NOW)
        assert list(ports.calls.since(TENANT_ID, NOW, NOW)) == []


class TestMarketplace:
    def test_an_auction_is_opened_with_its_lead(self, ports: Ports) -> None:
        listed = lead().moved(LeadStatus.MARKETPLACE, NOW)
        assert not ports.marketplace.open(TENANT_ID, listed, auction(), STEP)
        assert ports.leads.get(TENANT_ID, lead().id) == listed
        assert ports.marketplace.get(TENANT_ID, auction().id) == auction()

    def test_an_auction_is_opened_once(self, ports: Ports) -> None:
        listed = lead().moved(LeadStatus.MARKETPLACE, NOW)
        ports.marketplace.open(TENANT_ID, listed, auction(), STEP)
        again = listed.changed(NOW)
        refused = ports.marketplace.open(TENANT_ID, again, auction(), FlowStep(number=2))
        assert refused == {Refused.STEP}
        assert ports.leads.get(TENANT_ID, lead().id) == listed

    def test_a_lead_that_has_moved_on_is_not_listed(self, ports: Ports) -> None:
        ports.leads.reserve(TENANT_ID, reserved(lead()))
        listed = lead().moved(LeadStatus.MARKETPLACE, NOW)
        assert ports.marketplace.open(TENANT_ID, listed, auction(), STEP) == {Refused.LEAD}
        assert ports.marketplace.get(TENANT_ID, auction().id) is None

    def test_another_tenants_auction_is_unknown(self, ports: Ports) -> None:
        listed = lead().moved(LeadStatus.MARKETPLACE, NOW)
        ports.marketplace.open(TENANT_ID, listed, auction(), STEP)
        assert ports.marketplace.get(STRANGER, auction().id) is None


@pytest.mark.usefixtures("tables")
class TestOnlyTheRealStore:
    def test_a_rotation_of_thousands_fits_into_an_item(self) -> None:
        tallies = {
            numbered("cus", 7919 * number): rotation().taken(buyer(1), NOW).of(buyer(1))
            for number in range(5_000)
        }
        state = RotationState(stage_id=STAGE, tallies=tallies, version=1)
        transaction = Transaction()
        rotation_put(transaction, TENANT_ID, state)
        transaction.commit()
        assert DynamoRotations().get(TENANT_ID, STAGE) == state
        [item] = RotationItem.query(f"{TENANT_ID}#ROTATION")
        assert len(item.packed) < 200_000

    def test_counts_lost_on_the_way_are_no_fault(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(CallCountItem.Meta, "table_name", "nowhere")
        DynamoCallCounts().count(TENANT_ID, [Call(partner(1).id, "ping", True)], NOW)

    def test_a_count_expires(self) -> None:
        DynamoCallCounts().count(TENANT_ID, [Call(partner(1).id, "ping", True)], NOW)
        [item] = CallCountItem.scan()
        kept = timedelta(minutes=call_counts.KEPT_MINUTES)
        assert item.expiration == (NOW + kept).timestamp()

    def test_no_more_minutes_are_read_than_one_batch_takes(self) -> None:
        calls = DynamoCallCounts()
        for ago in (call_counts.MINUTES_MAX - 1, call_counts.MINUTES_MAX):
            calls.count(TENANT_ID, [Call(partner(1).id, "ping", True)], minutes(ago))
        assert len(calls.since(TENANT_ID, minutes(600), NOW)) == 1

    def test_an_active_auction_is_listed_and_waits_for_its_end(self) -> None:
        auction_item(TENANT_ID, auction()).save()
        active = auction_list(TENANT_ID, AuctionStatus.ACTIVE)
        [listed] = AuctionItem.by_tenant.query(active)
        [due] = AuctionItem.by_due.query(due_shard(auction().id))
        assert listed.pk == due.pk == f"{TENANT_ID}#{auction().id}"
        assert due.due_key.startswith(auction().ends_at.strftime("%Y-%m-%dT%H:%M"))

    def test_an_auction_that_has_ended_is_due_no_more(self) -> None:
        sold = auction(status=AuctionStatus.SOLD, version=2)
        auction_item(TENANT_ID, sold).save()
        assert not list(AuctionItem.by_tenant.query(auction_list(TENANT_ID, AuctionStatus.ACTIVE)))
        assert not list(AuctionItem.by_due.query(due_shard(sold.id)))

    def test_auctions_are_spread_over_the_shards(self) -> None:
        shards = {due_shard(AuctionId(numbered("auction", number))) for number in range(200)}
        assert len(shards) == DUE_SHARDS

    def test_of_two_that_open_the_same_auction_at_once_one_succeeds(self) -> None:
        store_lead(lead())
        listed = lead().moved(LeadStatus.MARKETPLACE, NOW)

        def opened(_: int) -> frozenset[Refused]:
            return DynamoMarketplace().open(TENANT_ID, listed, auction(), STEP)

        with ThreadPoolExecutor(4) as threads:
            answers = list(threads.map(opened, range(4)))
        assert answers.count(frozenset()) == 1
        assert flow().id == auction().flow_id
