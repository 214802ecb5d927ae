"""Paths of a lead that comes back to the promise of its ping."""

from collections.abc import Iterator

import pytest

from leadflow.adapters.dynamodb.flows import DynamoFlows
from leadflow.adapters.dynamodb.leads import DynamoLeads
from leadflow.domain.bids import Bid
from leadflow.domain.configuration import Configuration
from leadflow.domain.decisions import AttemptStatus, Candidate, Kind, Outcome
from leadflow.domain.errors import CorruptState, TransientFault
from leadflow.domain.flows import Flow, folded
from leadflow.domain.leads import Lead, LeadStatus
from leadflow.domain.plans import AlterDataSettings, AlterDataStage, SetField
from leadflow.domain.promises import Promise
from leadflow.domain.reservations import PartnerOffer
from tests.builders import (
    TENANT_ID,
    configuration,
    flow,
    lead,
    partner,
    ping_offer,
    plan,
    post_exchange,
    promise,
    run,
    stage,
)
from tests.integration.seeds import (
    entries_of,
    store_bid,
    store_configuration,
    store_customer,
    store_lead,
)
from tests.unit.application.highest_price_world import asking
from tests.unit.domain.bidding_examples import NOW, bid, customer, dollars
from tests.workflow.conftest import Machine
from tests.workflow.test_partners import RULES
from tools.stub_partner import Act, Behaviour, StubPartner, stub_partner

HONOR, SELL, ALTER, CLOSE, RECORD = (
    f"{name}Function"
    for name in (
        "HonorPing",
        "SellAtHighestPrice",
        "AlterLeadData",
        "CloseFlow",
        "RecordDistributionError",
    )
)
PROMISED = promise().offer.charged_cents
PAUSED = bid(100, owner=1, paused=True)
OTHER = bid(60, owner=2)
RUN = run(method="honor_ping")
CHANGE = AlterDataStage(
    id=stage(1).id,
    name="Mark",
    settings=AlterDataSettings(operations=(SetField(set_field="last_name", value="Lovelace"),)),
)


def given(
    *bids: Bid, configured: Configuration | None = None, promised: Promise | None = None
) -> None:
    """A tenant with bids, and a lead that was promised to somebody."""
    store_configuration(configured or configuration())
    for one in bids:
        store_customer(customer(one.customer_number))
        store_bid(one)
    store_lead(lead(promise=promised or promise()))


def now() -> Lead:
    stored = DynamoLeads().get(TENANT_ID, lead().id)
    assert stored
    return stored


def flow_now() -> Flow:
    stored = DynamoFlows().get(TENANT_ID, flow().id)
    assert stored
    return stored


def attempts() -> list[tuple[str, AttemptStatus]]:
    steps = DynamoFlows().steps(TENANT_ID, flow().id)
    made = folded([attempt for step in steps for attempt in step.attempts])
    return [(attempt.stage_id, attempt.status) for attempt in made]


def test_a_promise_that_can_be_kept_is_kept(machine: Machine) -> None:
    given(bid(100), OTHER)
    ended = machine.execute(RUN)
    assert (ended.output["status"], ended.output["payout_cents"]) == ("assigned", PROMISED)
    assert ended.entered == ["ChooseStage", "HonorPing", "Settled?", "Ended"]
    assert machine.tasks.calls == [HONOR]
    assert attempts() == [(stage(0).id, AttemptStatus.SUCCESS)]
    flow = flow_now()
    assert (flow.honored, flow.sold_for_cents) == (True, PROMISED)


def test_a_promise_that_lapses_leaves_the_lead_to_the_plan(machine: Machine) -> None:
    given(PAUSED, OTHER)
    ended = machine.execute(RUN)
    assert (ended.output["status"], ended.output["payout_cents"]) == ("assigned", dollars(10))
    assert machine.tasks.calls == [HONOR, SELL]
    assert attempts() == [(stage(0).id, AttemptStatus.FAILED), (stage(0).id, AttemptStatus.SUCCESS)]
    assert flow_now().honored is False
    assert not entries_of(customer(1).id)


def test_a_promise_that_lapses_may_leave_the_lead_to_nobody(machine: Machine) -> None:
    given(PAUSED)
    assert machine.execute(RUN).output["status"] == "unassigned"
    assert machine.tasks.calls == [HONOR, SELL, CLOSE]
    flow = flow_now()
    assert (flow.honored, flow.outcome) == (False, Outcome.NO_ELIGIBLE_CANDIDATE)


def test_the_lead_is_changed_on_the_way_and_sold_to_nobody_else(machine: Machine) -> None:
    promised = promise(stage_id=stage(2).id)
    by_plan = plan(stage(0), CHANGE, stage(2))
    given(bid(100), OTHER, configured=configuration(by_plan=by_plan), promised=promised)
    ended = machine.execute(run(method="honor_ping", stage_id=stage(2).id))
    assert ended.output["payout_cents"] == PROMISED
    assert machine.tasks.calls == [HONOR, ALTER, HONOR]
    assert now().values["last_name"] == "Lovelace"
    assert attempts() == [(CHANGE.id, AttemptStatus.CONTINUE), (stage(2).id, AttemptStatus.SUCCESS)]
    assert flow_now().honored is True


def test_a_promise_that_is_kept_twice_sells_once(machine: Machine) -> None:
    given(bid(100))
    first = machine.execute(RUN)
    assert machine.execute(RUN).output == first.output
    assert len(entries_of(customer(1).id)) == 1


def test_a_fault_that_passes_is_waited_out(machine: Machine) -> None:
    given(bid(100))
    machine.tasks.faults[HONOR] = [TransientFault("busy")]
    assert machine.execute(RUN).output["status"] == "assigned"
    assert machine.tasks.calls == [HONOR, HONOR]


def test_a_promise_that_breaks_off_leaves_a_distribution_error(machine: Machine) -> None:
    given(bid(100))
    machine.tasks.faults[HONOR] = [CorruptState("broken")]
    assert machine.execute(RUN).output["status"] == "distribution_error"
    assert machine.tasks.calls == [HONOR, RECORD]
    assert now().status is LeadStatus.DISTRIBUTION_ERROR


class TestPartners:
    """A partner was promised the lead for $90, before a bid of $60."""

    @pytest.fixture
    def stub(self, monkeypatch: pytest.MonkeyPatch) -> Iterator[StubPartner]:
        monkeypatch.setenv("ALLOW_LOOPBACK_PARTNERS", "true")
        with stub_partner() as running:
            yield running

    @pytest.mark.parametrize(
        ("act", "outcome", "calls"),
        [
            (Act.ACCEPT, (LeadStatus.POSTED, True), [HONOR]),
            (Act.REFUSE, (LeadStatus.ASSIGNED, False), [HONOR, SELL]),
        ],
    )
    def test_it_gets_the_post_or_the_plan_goes_on(
        self,
        stub: StubPartner,
        machine: Machine,
        act: Act,
        outcome: tuple[LeadStatus, bool],
        calls: list[str],
    ) -> None:
        url = stub.script("/post", Behaviour(act=act))
        taker = partner(1, post=post_exchange(url=url, response=RULES))
        configured = configuration(by_plan=plan(asking()), partners=(taker,))
        given(OTHER, configured=configured, promised=self.promised())
        machine.execute(RUN)
        assert (now().status, flow_now().honored) == outcome
        assert machine.tasks.calls == calls
        assert [call.path for call in stub.calls] == ["/post"]

    @staticmethod
    def promised() -> Promise:
        offer = PartnerOffer(
            partner_id=partner(1).id,
            amount_cents=dollars(90),
            penalty_percentage=0,
            offered_at=NOW,
        )
        candidate = Candidate(kind=Kind.PARTNER, id=partner(1).id)
        decision = ping_offer().decision.model_copy(update={"candidate": candidate})
        told = ping_offer(offer=offer, charged_cents=dollars(90), decision=decision)
        return promise(offer=told, partner_offers=(offer,))
