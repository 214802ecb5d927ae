"""A lead on its way to a partner, in real tables and in memory: reserved, released, sold."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal

import pytest

from leadflow.adapters.dynamodb.flows import DynamoFlows
from leadflow.adapters.dynamodb.leads import DynamoLeads
from leadflow.adapters.dynamodb.sales import DynamoSales
from leadflow.application.ports import Flows, Leads, Refused, Sale, Sales
from leadflow.domain.assignments import AssignedVia
from leadflow.domain.decisions import Reason
from leadflow.domain.exchanges import TreatUnknownAs
from leadflow.domain.flows import Channel, FlowEnding, FlowStep, Recipient
from leadflow.domain.leads import Lead, LeadStatus
from leadflow.domain.reservations import PartnerOffer, PingRound, PostRefusal, Reservation
from leadflow.domain.sales import posted
from tests.builders import TENANT_ID, flow, lead, partner, source, stage
from tests.fakes.flows import MemoryFlows
from tests.fakes.leads import MemoryLeads
from tests.fakes.sales import ScriptedSales
from tests.integration.seeds import store_lead
from tests.unit.domain.bidding_examples import NOW, dollars

OFFER = PartnerOffer(
    partner_id=partner(1).id,
    amount_cents=dollars(40),
    penalty_percentage=Decimal("7.5"),
    offered_at=NOW,
    response={"meta.id": "q1"},
)
RESERVATION = Reservation(
    stage_id=stage().id,
    step=1,
    via=AssignedVia.PARTNER,
    offer=OFFER,
    open_until=NOW + timedelta(seconds=12),
    treat_unknown_as=TreatUnknownAs.NOT_SOLD,
    refusals=(
        PostRefusal(offer=OFFER, reason=Reason.PARTNER_POST_DECLINED, detail={"message": "No"}),
    ),
    round=PingRound(offers=(OFFER,)),
)
RESERVED = lead().changed(NOW, reservation=RESERVATION)
STEP = FlowStep(number=1)


@dataclass
class Ports:
    """The stores under test; a lead that is being distributed is in them."""

    leads: Leads
    flows: Flows
    sales: Sales

    def lead(self) -> Lead | None:
        return self.leads.get(TENANT_ID, lead().id)

    def steps(self) -> list[int]:
        return [step.number for step in self.flows.steps(TENANT_ID, flow().id) if step.number]

    def reserve(self, of: Lead = RESERVED) -> frozenset[Refused]:
        return self.leads.reserve(TENANT_ID, of)

    def pass_stage(self) -> None:
        self.flows.add_step(TENANT_ID, flow().id, STEP)

    def move_on(self) -> None:
        self.leads.advance(TENANT_ID, lead().changed(NOW), FlowStep(number=9))


@pytest.fixture(params=["memory", "dynamo"])
def ports(request: pytest.FixtureRequest) -> Ports:
    if request.param == "memory":
        leads = MemoryLeads.of(lead())
        return Ports(leads, MemoryFlows(written=leads.steps), ScriptedSales(leads))
    request.getfixturevalue("tables")
    store_lead(lead())
    return Ports(DynamoLeads(), DynamoFlows(), DynamoSales())


def sale() -> Sale:
    """The reserved lead sold to its partner."""
    after = posted(RESERVED, source(), OFFER, AssignedVia.PARTNER, NOW)
    ending = FlowEnding(
        updated_at=NOW,
        ended_at=NOW,
        sold_for_cents=OFFER.amount_cents,
        recipient=Recipient(partner_id=OFFER.partner_id),
        channel=Channel.PING_POST,
    )
    return Sale(lead=after, ending=ending, step=STEP)


class TestReserving:
    def test_a_reserved_lead_reads_back_with_all_that_its_stage_knows(self, ports: Ports) -> None:
        assert not ports.reserve()
        assert ports.lead() == RESERVED
        assert ports.steps() == []

    def test_a_lead_that_has_moved_on_is_not_reserved(self, ports: Ports) -> None:
        ports.move_on()
        assert ports.reserve() == {Refused.LEAD}
        assert ports.lead() == lead().changed(NOW)

    def test_a_stage_that_is_passed_reserves_nothing(self, ports: Ports) -> None:
        ports.pass_stage()
        assert ports.reserve() == {Refused.STEP}
        assert ports.lead() == lead()

    def test_a_reservation_that_is_repeated_is_refused(self, ports: Ports) -> None:
        ports.reserve()
        assert ports.reserve() == {Refused.LEAD}
        assert ports.reserve(RESERVED.changed(NOW)) == frozenset()

    def test_steps_of_other_stages_do_not_matter(self, ports: Ports) -> None:
        ports.flows.add_step(TENANT_ID, flow().id, FlowStep(number=2))
        assert not ports.reserve()


class TestReleasing:
    def test_a_lead_goes_on_with_the_step_that_released_it(self, ports: Ports) -> None:
        ports.reserve()
        released = RESERVED.changed(NOW, reservation=None, tried=(OFFER.partner_id,))
        assert not ports.leads.advance(TENANT_ID, released, STEP)
        assert (ports.lead(), ports.steps()) == (released, [1])

    def test_neither_lead_nor_step_is_stored_if_the_other_is_refused(self, ports: Ports) -> None:
        after = lead().changed(NOW)
        assert ports.leads.advance(TENANT_ID, after.changed(NOW), STEP) == {Refused.LEAD}
        assert (ports.lead(), ports.steps()) == (lead(), [])
        ports.pass_stage()
        assert ports.leads.advance(TENANT_ID, after, STEP) == {Refused.STEP}
        assert ports.lead() == lead()
        assert ports.leads.advance(TENANT_ID, after.changed(NOW), STEP) == {
            Refused.LEAD,
            Refused.STEP,
        }


class TestSelling:
    def test_a_partner_has_the_lead_without_wallet_and_entry(self, ports: Ports) -> None:
        ports.reserve()
        assert not ports.sales.sell(TENANT_ID, sale())
        sold = ports.lead()
        assert sold
        assert (sold.status, sold.reservation) == (LeadStatus.POSTED, None)
        assert sold == sale().lead
        assert ports.steps() == [1]

    def test_a_lead_that_was_never_reserved_is_not_sold(self, ports: Ports) -> None:
        assert ports.sales.sell(TENANT_ID, sale()) == {Refused.LEAD}
        assert (ports.lead(), ports.steps()) == (lead(), [])

    def test_a_stage_that_is_passed_does_not_sell(self, ports: Ports) -> None:
        ports.reserve()
        ports.pass_stage()
        assert ports.sales.sell(TENANT_ID, sale()) == {Refused.STEP}
        assert ports.lead() == RESERVED
        behind = replace(sale(), step=FlowStep(number=2))
        assert not ports.sales.sell(TENANT_ID, behind)

    def test_a_sale_is_booked_once(self, ports: Ports) -> None:
        ports.reserve()
        ports.sales.sell(TENANT_ID, sale())
        assert ports.sales.sell(TENANT_ID, sale()) == {Refused.LEAD, Refused.STEP}


@pytest.mark.usefixtures("tables")
def test_the_flow_of_a_sale_to_a_partner_names_it() -> None:
    store_lead(lead())
    DynamoLeads().reserve(TENANT_ID, RESERVED)
    DynamoSales().sell(TENANT_ID, sale())
    ended = DynamoFlows().get(TENANT_ID, flow().id)
    assert ended
    assert ended.recipient == Recipient(partner_id=OFFER.partner_id)
    assert (ended.channel, ended.sold_for_cents) == (Channel.PING_POST, dollars(40))


@pytest.mark.usefixtures("tables")
def test_of_reservations_at_the_same_moment_one_is_stored() -> None:
    store_lead(lead())
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda _: DynamoLeads().reserve(TENANT_ID, RESERVED), range(8)))
    assert answers.count(frozenset()) == 1
    assert answers.count(frozenset({Refused.LEAD})) == 7
