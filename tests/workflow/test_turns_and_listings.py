"""Paths through the stages Round Robin and Marketplace, with a partner over real HTTP."""

from collections.abc import Callable, Iterator

import pytest

from leadflow.adapters.dynamodb.customers import DynamoCustomers
from leadflow.adapters.dynamodb.flows import DynamoFlows
from leadflow.adapters.dynamodb.leads import DynamoLeads
from leadflow.adapters.dynamodb.marketplace import DynamoMarketplace
from leadflow.adapters.dynamodb.rotations import DynamoRotations
from leadflow.domain.assignments import AssignedVia
from leadflow.domain.customers import Customer
from leadflow.domain.decisions import AttemptReason, AttemptStatus, Outcome, Reason
from leadflow.domain.errors import TransientFault
from leadflow.domain.exchanges import ResponseRules, TreatUnknownAs
from leadflow.domain.leads import Lead, LeadStatus
from leadflow.domain.partners import Partner
from leadflow.domain.plans import MarketplaceStage, Stage
from leadflow.runtime.settings import settings
from tests.builders import (
    TENANT_ID,
    configuration,
    flow,
    lead,
    lead_type,
    partner,
    plan,
    post_exchange,
    run,
    source,
    stage,
)
from tests.integration.seeds import entries_of, store_configuration, store_customer, store_lead
from tests.unit.domain.auction_examples import FALLBACK, ON_MARKETPLACE, auction
from tests.unit.domain.bidding_examples import customer
from tests.unit.domain.round_robin_examples import PRICE, buyer, receiver, round_robin
from tests.workflow.conftest import Machine
from tools.stub_partner import Act, Behaviour, StubPartner, stub_partner

TURN, LIST, CLOSE = "SellRoundRobinFunction", "ListOnMarketplaceFunction", "CloseFlowFunction"
IN_TURN, ON_LIST = run(method="round_robin"), run(method="marketplace")
LISTING = MarketplaceStage(id=stage(0).id, name="Marketplace")
ACCEPTED = ResponseRules(success_path="status", success_values=("accepted",))
Given = Callable[..., Lead]


@pytest.fixture(scope="module")
def running() -> Iterator[StubPartner]:
    with stub_partner() as stub:
        yield stub


@pytest.fixture
def stub(running: StubPartner, monkeypatch: pytest.MonkeyPatch) -> StubPartner:
    monkeypatch.setenv("ALLOW_LOOPBACK_PARTNERS", "true")
    settings.cache_clear()
    running.clear()
    return running


@pytest.fixture
def given(machine: Machine, stub: StubPartner) -> Given:
    """Stores a tenant with stages, buyers and partners, and a lead that is being distributed."""

    def store(
        *stages: Stage, buyers: tuple[Customer, ...] = (), partners: tuple[Partner, ...] = ()
    ) -> Lead:
        store_configuration(
            configuration(
                from_source=source(pricing=(FALLBACK,)),
                of_type=lead_type(marketplace=ON_MARKETPLACE),
                by_plan=plan(*stages),
                partners=partners,
            )
        )
        for one in buyers:
            store_customer(one)
        store_lead(lead())
        return lead()

    return store


def posting(stub: StubPartner, number: int, act: Act, **changes: object) -> Partner:
    """A partner that behaves like that."""
    url = stub.script(f"/post/{number}", Behaviour(act=act))
    post = post_exchange(url=url, response=ACCEPTED, timeout_seconds=1)
    return partner(number, ping=None, post=post.model_copy(update=changes))


def now(of_lead: Lead) -> Lead:
    stored = DynamoLeads().get(TENANT_ID, of_lead.id)
    assert stored
    return stored


def attempts() -> list[tuple[AttemptStatus, AttemptReason | None]]:
    steps = DynamoFlows().steps(TENANT_ID, flow().id)
    return [(one.status, one.reason) for step in steps for one in step.attempts]


def reasons() -> dict[str, Reason | None]:
    steps = DynamoFlows().steps(TENANT_ID, flow().id)
    return {one.candidate.id: one.reason for step in steps for one in step.decisions}


def had(taker_id: str) -> int:
    tallies = DynamoRotations().get(TENANT_ID, round_robin().id).tallies
    return tallies[taker_id].total if taker_id in tallies else 0


SOLD = (AttemptStatus.SUCCESS, None)


def test_a_customer_gets_the_lead_in_turn(machine: Machine, given: Given) -> None:
    waiting = given(round_robin(), buyers=(customer(1), customer(2)))
    ended = machine.execute(IN_TURN)
    assert (ended.output["status"], ended.output["payout_cents"]) == ("assigned", PRICE)
    assert ended.entered == ["ChooseStage", "SellRoundRobin", "Settled?", "Ended"]
    assignment = now(waiting).assignment
    assert assignment
    assert (assignment.customer_id, assignment.assigned_via) == (
        customer(1).id,
        AssignedVia.ROUND_ROBIN,
    )
    paid = DynamoCustomers().many(TENANT_ID, [customer(1).id])[customer(1).id]
    assert paid.balance_cents == customer(1).balance_cents - PRICE
    assert [entry.signed_cents for entry in entries_of(paid.id)] == [-PRICE]
    assert (had(buyer(1).id), attempts()) == (1, [SOLD])


def test_a_partner_gets_the_lead_in_turn(machine: Machine, given: Given, stub: StubPartner) -> None:
    waiting = given(round_robin(), partners=(posting(stub, 1, Act.ACCEPT),))
    ended = machine.execute(IN_TURN)
    assert ended.output["status"] == "posted"
    assert [call.path for call in stub.calls] == ["/post/1"]
    assert now(waiting).status is LeadStatus.POSTED
    assert (had(receiver(1).id), attempts()) == (1, [SOLD])


def test_partners_that_do_not_take_the_lead_leave_it_to_the_next(
    machine: Machine, given: Given, stub: StubPartner
) -> None:
    unsure = posting(stub, 3, Act.ACCEPT_THEN_HANG, treat_unknown_as=TreatUnknownAs.NOT_SOLD)
    acts = (Act.REFUSE, Act.DUPLICATE)
    given(
        round_robin(),
        partners=(
            *(posting(stub, number, act) for number, act in enumerate(acts, 1)),
            unsure,
            posting(stub, 4, Act.ACCEPT),
        ),
    )
    ended = machine.execute(IN_TURN)
    assert ended.output["status"] == "posted"
    assert [had(receiver(number).id) for number in (1, 2, 3, 4)] == [0, 0, 0, 1]
    assert reasons() == {
        partner(1).id: Reason.PARTNER_POST_DECLINED,
        partner(2).id: Reason.PARTNER_POST_DECLINED,
        partner(3).id: Reason.PARTNER_POST_UNKNOWN,
        partner(4).id: None,
    }


def test_a_partner_that_accepts_and_hangs_counts_as_having_the_lead(
    machine: Machine, given: Given, stub: StubPartner
) -> None:
    hanging = posting(stub, 1, Act.ACCEPT_THEN_HANG)
    waiting = given(round_robin(), partners=(hanging, posting(stub, 2, Act.ACCEPT)))
    machine.execute(IN_TURN)
    assignment = now(waiting).assignment
    assert assignment
    assert assignment.partner_id == hanging.id
    assert [call.path for call in stub.calls] == ["/post/1"]


def test_where_nobody_takes_the_lead_it_goes_on_and_is_closed(
    machine: Machine, given: Given, stub: StubPartner
) -> None:
    refusing = posting(stub, 1, Act.REFUSE)
    waiting = given(round_robin(), buyers=(customer(1, paused=True),), partners=(refusing,))
    ended = machine.execute(IN_TURN)
    assert ended.output["status"] == "unassigned"
    assert machine.tasks.calls == [TURN, CLOSE]
    assert attempts() == [(AttemptStatus.FAILED, AttemptReason.ALL_REFUSED)]
    assert now(waiting).status is LeadStatus.UNASSIGNED
    head = DynamoFlows().get(TENANT_ID, flow().id)
    assert head
    assert head.outcome is Outcome.ALL_REFUSED
    assert had(receiver(1).id) == 0


def test_without_anybody_the_lead_goes_on(machine: Machine, given: Given) -> None:
    given(round_robin())
    machine.execute(IN_TURN)
    assert attempts() == [(AttemptStatus.FAILED, AttemptReason.NO_CANDIDATES)]


def test_a_run_that_is_executed_twice_takes_one_turn(machine: Machine, given: Given) -> None:
    waiting = given(round_robin(), buyers=(customer(1),))
    machine.tasks.faults[TURN] = [TransientFault("busy")]
    first = machine.execute(IN_TURN)
    sold = now(waiting)
    assert machine.execute(IN_TURN).output == first.output
    assert (now(waiting), had(buyer(1).id)) == (sold, 1)
    assert len(entries_of(customer(1).id)) == 1


def test_a_lead_is_listed_and_its_flow_stays_open(machine: Machine, given: Given) -> None:
    waiting = given(LISTING, stage(1))
    ended = machine.execute(ON_LIST)
    assert (ended.output["status"], ended.output["payout_cents"]) == ("marketplace", 0)
    assert machine.tasks.calls == [LIST]
    assert now(waiting).status is LeadStatus.MARKETPLACE
    assert attempts() == [(AttemptStatus.PROCESSING, None)]
    opened = DynamoMarketplace().get(TENANT_ID, auction().id)
    assert opened
    assert (opened.lead_id, opened.prices) == (waiting.id, auction().prices)
    head = DynamoFlows().get(TENANT_ID, flow().id)
    assert head
    assert head.ended_at is None


def test_a_lead_that_may_not_be_listed_goes_on(machine: Machine, given: Given) -> None:
    given(LISTING)
    store_configuration(configuration(by_plan=plan(LISTING)))
    ended = machine.execute(ON_LIST)
    assert ended.output["status"] == "unassigned"
    assert machine.tasks.calls == [LIST, CLOSE]
    assert attempts() == [(AttemptStatus.SKIPPED, AttemptReason.LEAD_TYPE_MARKETPLACE_DISABLED)]


def test_a_run_that_is_executed_twice_opens_one_auction(machine: Machine, given: Given) -> None:
    waiting = given(LISTING)
    first = machine.execute(ON_LIST)
    listed = now(waiting)
    assert machine.execute(ON_LIST).output == first.output
    assert now(waiting) == listed
