"""Demands and offers: the fake and the real store keep the same contract."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import pytest

from leadflow.adapters.dynamodb.customer_store import DynamoCustomerStore
from leadflow.adapters.dynamodb.demand_lists import DynamoDemandLists
from leadflow.adapters.dynamodb.demand_writer import DynamoDemandWriter
from leadflow.adapters.dynamodb.demands import DynamoDemands
from leadflow.adapters.dynamodb.flows import DynamoFlows
from leadflow.adapters.dynamodb.leads import DynamoLeads
from leadflow.adapters.dynamodb.plan_usage import DynamoPlanUsage
from leadflow.adapters.system import Ulids
from leadflow.application.customer_ports import CustomerStore
from leadflow.application.demand_ports import (
    DemandSale,
    DemandWalk,
    DueDemand,
    Fill,
)
from leadflow.application.demand_sales import Accepting, demand_sale
from leadflow.application.intake import claims_of, judge
from leadflow.application.lead_ports import Deletion
from leadflow.application.list_ports import Period, Spot
from leadflow.domain.decisions import Outcome
from leadflow.domain.demands import DemandStatus
from leadflow.domain.identifiers import SourceId, TenantId, UserId
from leadflow.domain.subscriptions import Amounts, Limits
from leadflow.domain.validation import ValidLead
from tests.builders import (
    CATEGORY_ID,
    SOURCE_ID,
    TENANT_ID,
    configuration,
    duplicate_check,
    lead,
    numbered,
)
from tests.fakes.clock import FixedClock
from tests.fakes.customer_store import MemoryCustomerStore
from tests.fakes.demands import MemoryDemands
from tests.fakes.plan_usage import MemoryPlanUsage
from tests.integration.seeds import store_customer
from tests.unit.domain.bidding_examples import LOCATION, NOW, customer
from tests.unit.domain.demand_examples import WANTED_TYPE, demand, imported_row, offer

STRANGER = TenantId("tenant_" + "1" * 26)
OWNER = customer(1)
CLOSE = demand().closes_at
LIMITED = Limits(leads=1)


class _Dynamo(DynamoDemands, DynamoDemandLists, DynamoDemandWriter):
    """The real one."""


@dataclass
class Ports:
    """The stores under test; a customer and two demands are in them."""

    demands: MemoryDemands | _Dynamo
    customers: CustomerStore
    usage: MemoryPlanUsage | DynamoPlanUsage


@pytest.fixture(params=["memory", "dynamo"])
def ports(request: pytest.FixtureRequest) -> Ports:
    if request.param == "memory":
        customers, usage = MemoryCustomerStore({(TENANT_ID, OWNER.id): OWNER}), MemoryPlanUsage()
        made = Ports(MemoryDemands(customers=customers, usage=usage), customers, usage)
    else:
        request.getfixturevalue("tables")
        store_customer(OWNER)
        usage_of_tables = DynamoPlanUsage(FixedClock(), Ulids())
        made = Ports(_Dynamo(), DynamoCustomerStore(Ulids()), usage_of_tables)
    made.demands.put_all(TENANT_ID, [demand(1), demand(2)])
    return made


def sale(number: int = 1, of: int = 1, email: str = "ada@example.com") -> DemandSale:
    """An offer of 5.00 for a demand, accepted without having waited."""
    settled = configuration(of_type=WANTED_TYPE, checks=(duplicate_check(),))
    source = settled.sources[SOURCE_ID]
    values = {**imported_row().values, "email": email}
    valid = ValidLead(values, values, LOCATION)  # type: ignore[arg-type] # texts are normal
    made = Accepting(
        demand=demand(of),
        customer=OWNER,
        offer=offer(number, cents=500, demand_id=demand(of).id),
        source=source,
        configuration=settled,
        valid=valid,
        verdict=judge(valid, source, settled, NOW),
        claims=claims_of(valid, source, settled, NOW),
        now=NOW,
    )
    return demand_sale(made, lead(number).lead_uuid)


def ids(spots: Sequence[Spot]) -> list[str]:
    return [spot.id for spot in spots]


def test_what_is_sold_is_stored_together(ports: Ports) -> None:
    sold = sale()
    assert ports.demands.fill(TENANT_ID, sold) is Fill.BOOKED
    assert ports.demands.get(TENANT_ID, demand().id) == sold.demand
    assert ports.demands.offer(TENANT_ID, demand().id, sold.offer.id) == sold.offer
    assert ports.customers.get(TENANT_ID, OWNER.id) == sold.customer
    assert ports.usage.standing(TENANT_ID).used == Amounts(leads=1, sales_cents=500)
    if isinstance(ports.demands, _Dynamo):
        assert DynamoLeads().get(TENANT_ID, sold.lead.id) == sold.lead
        assert DynamoFlows().get(TENANT_ID, sold.flow.id) == sold.flow
        assert DynamoFlows().steps(TENANT_ID, sold.flow.id) == [sold.step]


@pytest.mark.parametrize("what", ["demand", "offer", "customer", "lead"])
def test_what_has_moved_on_stores_nothing(ports: Ports, what: str) -> None:
    sold, other = sale(1), sale(2, email="b@example.com")
    after_both = other.customer.model_copy(update={"version": 3})
    overtaken = {
        "demand": other,
        "offer": sale(1, of=2),
        "customer": sale(2, of=2, email="b@example.com"),
        "lead": sale(1, of=2),
    }[what]
    if what == "demand":
        overtaken = DemandSale(**{**vars(other), "customer": after_both})
    assert ports.demands.fill(TENANT_ID, sold) is Fill.BOOKED
    assert ports.demands.fill(TENANT_ID, overtaken) is Fill.MOVED_ON
    assert ports.demands.offer(TENANT_ID, demand(2).id, overtaken.offer.id) is None
    assert ports.customers.get(TENANT_ID, OWNER.id) == sold.customer


def next_sale(ports: Ports, number: int, email: str) -> DemandSale:
    """The sale of another demand to the customer as it is now."""
    sold = sale(number, of=2, email=email)
    now = ports.customers.get(TENANT_ID, OWNER.id)
    assert now
    after = sold.customer.model_copy(update={"version": now.version + 1})
    return DemandSale(**{**vars(sold), "customer": after})


def test_a_fingerprint_is_claimed_once(ports: Ports) -> None:
    ports.demands.fill(TENANT_ID, sale(1))
    assert ports.demands.duplicates(TENANT_ID, sale(2).claims)
    assert not ports.demands.duplicates(TENANT_ID, sale(2, email="b@example.com").claims)
    assert ports.demands.fill(TENANT_ID, next_sale(ports, 2, "ada@example.com")) is Fill.DUPLICATE
    assert ports.demands.get(TENANT_ID, demand(2).id) == demand(2)
    assert ports.demands.fill(TENANT_ID, next_sale(ports, 2, "b@example.com")) is Fill.BOOKED


def test_the_threshold_is_asked_in_the_sale(ports: Ports) -> None:
    ports.usage.change_limits(TENANT_ID, LIMITED)
    ports.demands.fill(TENANT_ID, sale(1))
    assert ports.demands.fill(TENANT_ID, next_sale(ports, 2, "b@example.com")) is Fill.THRESHOLD
    assert ports.demands.get(TENANT_ID, demand(2).id) == demand(2)


def test_an_offer_that_waits_makes_its_demand_due(ports: Ports) -> None:
    assert ports.demands.due(CLOSE) == []
    assert ports.demands.wait(TENANT_ID, demand(), offer().pending())
    now = ports.demands.get(TENANT_ID, demand().id)
    assert now == demand(awaits_close=True)
    assert ports.demands.due(CLOSE - timedelta(seconds=1)) == []
    assert ports.demands.due(CLOSE) == [DueDemand(TENANT_ID, demand().id)]


def test_an_offer_is_stored_once_and_for_the_demand_that_was_seen(ports: Ports) -> None:
    assert ports.demands.wait(TENANT_ID, demand(), offer().pending())
    assert not ports.demands.wait(TENANT_ID, demand(), offer().pending())
    ended = demand(2).ended(DemandStatus.CANCELLED, NOW)
    assert ports.demands.end(TENANT_ID, ended)
    late = offer(9, demand_id=demand(2).id).pending()
    assert not ports.demands.wait(TENANT_ID, demand(2), late)
    assert ports.demands.offer(TENANT_ID, demand(2).id, late.id) is None


def test_offers_are_tried_by_price_then_by_receipt_each_once(ports: Ports) -> None:
    later = NOW + timedelta(minutes=1)
    offers = [offer(1, 900, received_at=later), offer(2, 10_000), offer(3, 900), offer(4, 899)]
    for one in offers:
        assert ports.demands.wait(TENANT_ID, demand(), one.pending())
    tried: list[str] = []
    for _ in offers:
        now = ports.demands.get(TENANT_ID, demand().id)
        assert now
        first = next(ports.demands.waiting(TENANT_ID, now))
        tried.append(first.id)
        refused = first.refused(Outcome.DUPLICATE)
        assert ports.demands.refuse(TENANT_ID, refused, now.tried(first.rank))
        assert not ports.demands.refuse(TENANT_ID, refused, now.tried(first.rank))
        assert ports.demands.offer(TENANT_ID, demand().id, first.id) == refused
    assert tried == [offer(number).id for number in (4, 3, 1, 2)]
    now = ports.demands.get(TENANT_ID, demand().id)
    assert now
    assert list(ports.demands.waiting(TENANT_ID, now)) == []
    assert now.awaits_close


def test_an_ended_demand_is_due_no_more_and_open_to_nobody(ports: Ports) -> None:
    ports.demands.wait(TENANT_ID, demand(), offer().pending())
    ended = demand(awaits_close=True).ended(DemandStatus.UNFILLED, NOW)
    assert ports.demands.end(TENANT_ID, ended)
    assert not ports.demands.end(TENANT_ID, ended)
    assert ports.demands.due(CLOSE) == []
    spots = ports.demands.open_spots(TENANT_ID, CATEGORY_ID, NOW, limit=5, position=None)
    assert ids(spots) == [demand(2).id]


def test_an_offer_that_is_refused_at_once_is_stored_alone(ports: Ports) -> None:
    refused = offer().refused(Outcome.NO_LEAD_TYPE)
    assert ports.demands.refuse(TENANT_ID, refused)
    assert not ports.demands.refuse(TENANT_ID, refused)
    assert ports.demands.offer(TENANT_ID, demand().id, refused.id) == refused
    assert ports.demands.get(TENANT_ID, demand().id) == demand()


def test_lists_are_walked_from_their_cursors(ports: Ports) -> None:
    later = demand(
        3, owner=2, created_at=NOW + timedelta(days=40), closes_at=CLOSE + timedelta(days=41)
    )
    ports.demands.put_all(TENANT_ID, [later])
    ports.demands.put_all(STRANGER, [demand(4)])
    period = Period(NOW, NOW + timedelta(days=50))
    everything = DemandWalk(None, period)
    first = ports.demands.spots(TENANT_ID, everything, limit=2, position=None)
    rest = ports.demands.spots(TENANT_ID, everything, limit=2, position=first[-1].position)
    assert ids(first)[0] == later.id
    assert {*ids(first)[1:], *ids(rest)} == {demand(1).id, demand(2).id}
    own = ports.demands.spots(TENANT_ID, DemandWalk(customer(2).id, period), limit=5, position=None)
    assert ids(own) == [later.id]
    spots = ports.demands.open_spots(TENANT_ID, CATEGORY_ID, CLOSE, limit=5, position=None)
    assert ids(spots) == [later.id]
    spots = ports.demands.open_spots(TENANT_ID, CATEGORY_ID, NOW, limit=2, position=None)
    last = spots[-1].position
    spots = ports.demands.open_spots(TENANT_ID, CATEGORY_ID, NOW, limit=5, position=last)
    assert len(spots) == 1
    found = ports.demands.many(TENANT_ID, [later.id, demand(4).id])
    assert found == {later.id: later}


def test_offers_are_listed_by_demand_and_by_source(ports: Ports) -> None:
    other = SourceId(numbered("source", 7))
    made = [
        offer(number, received_at=NOW + timedelta(seconds=number), source_id=by).pending()
        for number, by in enumerate([SOURCE_ID, other, SOURCE_ID], start=1)
    ]
    for one in made:
        ports.demands.wait(TENANT_ID, demand(), one)
    spots = ports.demands.offer_spots(TENANT_ID, demand().id, None, limit=2, position=None)
    assert ids(spots) == [made[2].id, made[1].id]
    behind = spots[-1].position
    spots = ports.demands.offer_spots(TENANT_ID, demand().id, None, limit=2, position=behind)
    assert ids(spots) == [made[0].id]
    spots = ports.demands.offer_spots(TENANT_ID, demand().id, other, limit=5, position=None)
    assert ids(spots) == [made[1].id]
    assert ports.demands.offers(TENANT_ID, demand().id, ids(spots)) == {made[1].id: made[1]}
    assert not ports.demands.offer_spots(TENANT_ID, demand(2).id, None, limit=5, position=None)


def test_no_tenant_reaches_anothers_demands(ports: Ports) -> None:
    ports.demands.wait(TENANT_ID, demand(), offer().pending())
    assert ports.demands.get(STRANGER, demand().id) is None
    assert ports.demands.offer(STRANGER, demand().id, offer().id) is None
    assert not ports.demands.open_spots(STRANGER, CATEGORY_ID, NOW, limit=5, position=None)


def test_a_claim_of_a_deleted_lead_counts_no_more(tables: dict[str, str]) -> None:
    store_customer(OWNER)
    demands = _Dynamo()
    demands.put_all(TENANT_ID, [demand(1), demand(2)])
    sold = sale()
    assert demands.fill(TENANT_ID, sold) is Fill.BOOKED
    assert DynamoLeads().delete(TENANT_ID, Deletion(sold.lead, NOW, UserId("user_1")))
    ports = Ports(demands, DynamoCustomerStore(Ulids()), MemoryPlanUsage())
    assert demands.fill(TENANT_ID, next_sale(ports, 2, "ada@example.com")) is Fill.BOOKED
    assert DynamoLeads().get(TENANT_ID, sold.lead.id) is None
