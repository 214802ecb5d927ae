"""A reprocess from each of its starts, through the real state machine."""

from collections.abc import Callable

import pytest

from leadflow.adapters.dynamodb.flows import DynamoFlows
from leadflow.adapters.dynamodb.leads import DynamoLeads
from leadflow.application.reprocess_lead import Reprocess
from leadflow.application.run_ports import Run
from leadflow.domain.decisions import AttemptStatus, Outcome, Reason
from leadflow.domain.errors import TransientFault
from leadflow.domain.exchanges import ResponseRules
from leadflow.domain.flows import EventName, Flow, FlowKind, FlowStep
from leadflow.domain.identifiers import FlowId
from leadflow.domain.leads import Lead, LeadStatus
from leadflow.domain.partners import Partner
from leadflow.domain.plans import LISTING_AT_END, MarketplaceStage, Stage
from leadflow.runtime import container, reprocess_actions, stage_actions
from tests.builders import (
    TENANT_ID,
    configuration,
    flow,
    lead,
    lead_type,
    partner,
    ping_exchange,
    plan,
    post_exchange,
    source,
    stage,
)
from tests.fakes.distribution import ScriptedDistribution
from tests.integration.seeds import store_bid, store_configuration, store_customer, store_lead
from tests.unit.application.highest_price_world import asking
from tests.unit.domain.auction_examples import FALLBACK, ON_MARKETPLACE
from tests.unit.domain.bidding_examples import bid, customer
from tests.unit.domain.round_robin_examples import round_robin
from tests.workflow.conftest import Machine
from tools.stub_partner import Act, Behaviour, StubPartner

AUCTION, TURN = "SellAtHighestPriceFunction", "SellRoundRobinFunction"
LIST, CLOSE = "ListOnMarketplaceFunction", "CloseFlowFunction"
ASKING = asking().model_copy(update={"id": stage(1).id, "name": "Asking"})
LISTING = MarketplaceStage(id=stage(3).id, name="Market")
ACCEPTED = ResponseRules(success_path="status", success_values=("accepted",))
WAITING = lead(status=LeadStatus.UNASSIGNED)
Begun = Callable[..., Run]


@pytest.fixture
def begun(machine: Machine, stub: StubPartner, monkeypatch: pytest.MonkeyPatch) -> Begun:
    """Reprocesses a lead that nobody took, among a bid of $90 and partners; the run to execute."""
    started = ScriptedDistribution()
    monkeypatch.setattr(container, "distribution", lambda: started)

    def store(
        start: str, *stages: Stage, partners: tuple[Partner, ...] = (), listed: bool = True
    ) -> Run:
        kind = lead_type(marketplace=ON_MARKETPLACE) if listed else lead_type()
        store_configuration(
            configuration(
                from_source=source(pricing=(FALLBACK,)),
                of_type=kind,
                by_plan=plan(*stages),
                partners=partners,
            )
        )
        store_customer(customer(1))
        store_bid(bid(90, owner=1))
        store_lead(WAITING)
        reprocess_actions.reprocess_lead()(Reprocess(TENANT_ID, WAITING.id, start))
        [(run, _)] = started.started
        return run

    return store


def partnered(stub: StubPartner, act: Act = Act.ACCEPT) -> Partner:
    """A partner that offers $20, and does that with a post."""
    asked = stub.script("/ping/1", Behaviour(act=Act.ACCEPT, price=20))
    told = stub.script("/post/1", Behaviour(act=act))
    return partner(
        1,
        ping=ping_exchange(url=asked, timeout_seconds=1),
        post=post_exchange(url=told, timeout_seconds=1, response=ACCEPTED),
    )


def now() -> Lead:
    stored = DynamoLeads().get(TENANT_ID, WAITING.id)
    assert stored
    return stored


def head() -> Flow:
    stored = DynamoFlows().get(TENANT_ID, FlowId(now().flow_ids[-1]))
    assert stored
    assert stored.id != flow().id
    return stored


def steps() -> list[FlowStep]:
    return list(DynamoFlows().steps(TENANT_ID, head().id))


def attempts() -> list[tuple[str, AttemptStatus]]:
    return [(one.stage_id, one.status) for step in steps() for one in step.attempts]


def test_with_bidding_the_whole_plan_is_run(machine: Machine, begun: Begun) -> None:
    run = begun("bidding", stage(0), ASKING)
    assert machine.execute(run).output["status"] == "assigned"
    assert (head().kind, head().start, head().sold_for_cents) == (
        FlowKind.REPROCESS,
        "bidding",
        now().payout_cents,
    )
    events = [one.event for step in steps() for one in step.timeline]
    assert events[:3] == [EventName.INITIATED, EventName.REPROCESSED, EventName.ATTEMPT_ACCEPTED]
    assert attempts() == [(stage(0).id, AttemptStatus.SUCCESS)]


def test_from_a_stage_earlier_ones_are_not_attempted(machine: Machine, begun: Begun) -> None:
    turn = round_robin(2)
    run = begun(turn.id, stage(0), ASKING, turn)
    assert machine.execute(run).output["status"] == "assigned"
    assert machine.tasks.calls == [TURN]
    assert attempts() == [(turn.id, AttemptStatus.SUCCESS)]


def test_with_ping_post_a_partner_gets_the_lead_though_a_bid_is_higher(
    machine: Machine, begun: Begun, stub: StubPartner
) -> None:
    run = begun("ping_post", stage(0), ASKING, partners=(partnered(stub),))
    assert machine.execute(run).output["status"] == "posted"
    assert [call.path for call in stub.calls] == ["/ping/1", "/post/1"]
    assert attempts() == [(ASKING.id, AttemptStatus.SUCCESS)]


def test_with_ping_post_customers_take_no_turn(
    machine: Machine, begun: Begun, stub: StubPartner
) -> None:
    turn = round_robin(2)
    run = begun("ping_post", turn, partners=(partnered(stub),))
    assert machine.execute(run).output["status"] == "posted"
    assignment = now().assignment
    assert assignment
    assert (assignment.partner_id, assignment.customer_id) == (partner(1).id, None)
    assert attempts() == [(turn.id, AttemptStatus.SUCCESS)]


def test_behind_the_partners_everybody_takes_part(
    machine: Machine, begun: Begun, stub: StubPartner
) -> None:
    turn = round_robin(2)
    run = begun("ping_post", ASKING, turn, partners=(partnered(stub, Act.REFUSE),))
    machine.tasks.faults[AUCTION] = [TransientFault("busy")]
    assert machine.execute(run).output["status"] == "assigned"
    assert machine.tasks.calls == [AUCTION, AUCTION, TURN]
    assert attempts() == [(ASKING.id, AttemptStatus.FAILED), (turn.id, AttemptStatus.SUCCESS)]
    told = {one.candidate.id: one.reason for step in steps() for one in step.decisions}
    assert told[bid(90, owner=1).id] is Reason.SCOPE_NOT_IN_STAGE


def test_a_run_with_partners_that_was_lost_is_resumed_with_them_alone(
    machine: Machine, begun: Begun, stub: StubPartner, monkeypatch: pytest.MonkeyPatch
) -> None:
    lost = begun("ping_post", stage(0), ASKING, partners=(partnered(stub),))
    found = ScriptedDistribution()
    monkeypatch.setattr(container, "distribution", lambda: found)
    reconcile = stage_actions.reconcile()
    resumed = reconcile._run(TENANT_ID, now(), head())
    assert resumed == lost
    assert machine.execute(resumed).output["status"] == "posted"


def test_with_marketplace_the_first_such_stage_lists_the_lead(
    machine: Machine, begun: Begun
) -> None:
    run = begun("marketplace", stage(0), LISTING, stage(4))
    assert machine.execute(run).output["status"] == "marketplace"
    assert machine.tasks.calls == [LIST]
    assert attempts() == [(LISTING.id, AttemptStatus.PROCESSING)]


def test_without_such_a_stage_the_lead_is_listed_as_if_one_stood_at_the_end(
    machine: Machine, begun: Begun
) -> None:
    run = begun("marketplace", stage(0), ASKING)
    assert machine.execute(run).output["status"] == "marketplace"
    assert attempts() == [(LISTING_AT_END.id, AttemptStatus.PROCESSING)]


def test_a_lead_that_may_not_be_listed_there_is_unassigned(machine: Machine, begun: Begun) -> None:
    run = begun("marketplace", stage(0), listed=False)
    assert machine.execute(run).output["status"] == "unassigned"
    assert machine.tasks.calls == [LIST, CLOSE]
    assert attempts() == [(LISTING_AT_END.id, AttemptStatus.SKIPPED)]
    assert head().outcome is Outcome.NO_STAGE_ACCEPTED


def test_a_reprocess_that_breaks_off_can_be_tried_again(machine: Machine, begun: Begun) -> None:
    run = begun("marketplace", stage(0))
    machine.tasks.faults[LIST] = [RuntimeError("broken")]
    assert machine.execute(run).output["status"] == "distribution_error"
    assert attempts() == [(LISTING_AT_END.id, AttemptStatus.ERROR)]
    again = reprocess_actions.reprocess_lead()(Reprocess(TENANT_ID, WAITING.id, "bidding"))
    assert now().flow_ids[-1] == again
