"""Every path through the distribution, run by an interpreter of the states language."""

from collections.abc import Callable

from leadflow.adapters.dynamodb.bids import DynamoBidBook
from leadflow.adapters.dynamodb.customers import DynamoCustomers
from leadflow.adapters.dynamodb.flows import DynamoFlows
from leadflow.adapters.dynamodb.leads import DynamoLeads
from leadflow.domain.customers import Customer
from leadflow.domain.decisions import AttemptStatus, Outcome
from leadflow.domain.errors import CorruptState, TransientFault
from leadflow.domain.flows import Attempt, Flow
from leadflow.domain.leads import Lead, LeadStatus
from tests.builders import TENANT_ID, flow, run, stage
from tests.integration.seeds import entries_of
from tests.unit.domain.bidding_examples import bid, customer, dollars
from tests.workflow.conftest import Machine

Given = Callable[..., Lead]
SELL, CLOSE, RECORD = (
    "SellAtHighestPriceFunction",
    "CloseFlowFunction",
    "RecordDistributionErrorFunction",
)
TRANSITIONS_MAX = 6


def now(lead: Lead) -> Lead:
    stored = DynamoLeads().get(TENANT_ID, lead.id)
    assert stored
    return stored


def flow_now() -> Flow:
    stored = DynamoFlows().get(TENANT_ID, flow().id)
    assert stored
    return stored


def attempts() -> list[tuple[str, AttemptStatus]]:
    steps = DynamoFlows().steps(TENANT_ID, flow().id)
    made: list[Attempt] = [attempt for step in steps for attempt in step.attempts]
    return [(attempt.stage_id, attempt.status) for attempt in made]


def wallet(number: int) -> Customer:
    customer_id = customer(number).id
    return DynamoCustomers().many(TENANT_ID, [customer_id])[customer_id]


def test_a_lead_is_sold_by_the_first_stage(machine: Machine, given: Given) -> None:
    lead = given(bid(100, owner=1), bid(60, owner=2))
    ended = machine.execute(run())
    assert ended.output["status"] == "assigned"
    assert ended.output["payout_cents"] == dollars(70)
    assert machine.tasks.calls == [SELL]
    assert now(lead).status is LeadStatus.ASSIGNED
    assert wallet(1).balance_cents == customer(1).balance_cents - dollars(70)
    assert attempts() == [(stage(0).id, AttemptStatus.SUCCESS)]


def test_a_sale_costs_few_transitions(machine: Machine, given: Given) -> None:
    given(bid(100))
    ended = machine.execute(run())
    assert ended.entered == ["ChooseStage", "SellAtHighestPrice", "Settled?", "Ended"]
    assert ended.transitions <= TRANSITIONS_MAX


def test_nine_skipped_stages_cost_neither_an_invocation_nor_a_transition(
    machine: Machine, given: Given
) -> None:
    stages = [stage(number, paused=number > 0) for number in range(10)]
    lead = given(bid(100), stages=tuple(stages))
    ended = machine.execute(run())
    assert ended.entered == ["ChooseStage", "SellAtHighestPrice", "Settled?", "Ended"]
    assert machine.tasks.calls == [SELL]
    assert now(lead).status is LeadStatus.ASSIGNED


def test_stages_that_are_skipped_on_the_way_cost_no_invocation(
    machine: Machine, given: Given
) -> None:
    first, last = stage(0, settings=_no_bids()), stage(9)
    lead = given(bid(100), stages=(first, *(stage(n, paused=True) for n in range(1, 9)), last))
    machine.execute(run())
    assert machine.tasks.calls == [SELL, SELL]
    assert now(lead).status is LeadStatus.ASSIGNED
    assert [status for _, status in attempts()].count(AttemptStatus.SKIPPED) == 8


def test_what_the_first_stage_does_not_sell_the_second_may(machine: Machine, given: Given) -> None:
    lead = given(bid(100), stages=(stage(0, settings=_no_bids()), stage(1)))
    ended = machine.execute(run())
    assert ended.output["status"] == "assigned"
    assert machine.tasks.calls == [SELL, SELL]
    assert now(lead).status is LeadStatus.ASSIGNED
    assert attempts() == [
        (stage(0).id, AttemptStatus.FAILED),
        (stage(1).id, AttemptStatus.SUCCESS),
    ]


def test_a_lead_that_passes_the_whole_plan_is_unassigned(machine: Machine, given: Given) -> None:
    lead = given()
    ended = machine.execute(run())
    assert (ended.status, ended.output["status"]) == ("SUCCEEDED", "unassigned")
    assert machine.tasks.calls == [SELL, SELL, CLOSE]
    assert now(lead).status is LeadStatus.UNASSIGNED
    assert flow_now().outcome is Outcome.NO_STAGE_ACCEPTED


def test_an_empty_plan_is_passed_at_once(machine: Machine, given: Given) -> None:
    lead = given(stages=())
    machine.execute(run(stage_id=None, method="none"))
    assert machine.tasks.calls == [CLOSE]
    assert now(lead).status is LeadStatus.UNASSIGNED


def test_a_fault_that_passes_is_waited_out(machine: Machine, given: Given) -> None:
    lead = given(bid(100))
    machine.tasks.faults[SELL] = [TransientFault("busy"), TransientFault("busy")]
    ended = machine.execute(run())
    assert ended.output["status"] == "assigned"
    assert machine.tasks.calls == [SELL] * 3
    assert now(lead).status is LeadStatus.ASSIGNED


def test_a_task_that_fails_for_good_leaves_a_distribution_error(
    machine: Machine, given: Given
) -> None:
    lead = given(bid(100))
    machine.tasks.faults[SELL] = [CorruptState("broken")]
    ended = machine.execute(run())
    assert ended.output["status"] == "distribution_error"
    assert machine.tasks.calls == [SELL, RECORD]
    assert now(lead).status is LeadStatus.DISTRIBUTION_ERROR
    assert flow_now().outcome is Outcome.DISTRIBUTION_ERROR
    assert attempts() == [(stage(0).id, AttemptStatus.ERROR)]
    assert wallet(1).balance_cents == customer(1).balance_cents


def test_a_fault_that_does_not_pass_leaves_a_distribution_error(
    machine: Machine, given: Given
) -> None:
    lead = given(bid(100))
    machine.tasks.faults[SELL] = [TransientFault("busy") for _ in range(9)]
    machine.execute(run())
    assert machine.tasks.calls == [SELL] * 4 + [RECORD]
    assert now(lead).status is LeadStatus.DISTRIBUTION_ERROR


def test_a_closing_that_fails_leaves_a_distribution_error(machine: Machine, given: Given) -> None:
    lead = given()
    machine.tasks.faults[CLOSE] = [CorruptState("broken")]
    machine.execute(run())
    assert machine.tasks.calls == [SELL, SELL, CLOSE, RECORD]
    assert now(lead).status is LeadStatus.DISTRIBUTION_ERROR


def test_a_method_that_nobody_knows_leaves_a_distribution_error(
    machine: Machine, given: Given
) -> None:
    lead = given()
    machine.execute(run(method="lottery"))
    assert now(lead).status is LeadStatus.DISTRIBUTION_ERROR


def test_a_run_that_is_executed_twice_sells_once(machine: Machine, given: Given) -> None:
    lead = given(bid(100))
    first = machine.execute(run())
    sold, paid, offered = now(lead), wallet(1), _bid_now()
    second = machine.execute(run())
    assert second.output == first.output
    assert (now(lead), wallet(1), _bid_now()) == (sold, paid, offered)
    assert len(entries_of(paid.id)) == 1


def test_a_run_that_is_executed_twice_is_closed_once(machine: Machine, given: Given) -> None:
    lead = given()
    machine.execute(run())
    closed, record = now(lead), attempts()
    machine.execute(run())
    assert (now(lead), attempts()) == (closed, record)


def test_a_lead_whose_error_cannot_be_recorded_stays_for_the_next_reconciliation(
    machine: Machine, given: Given
) -> None:
    lead = given(bid(100))
    machine.tasks.faults = {SELL: [CorruptState("broken")], RECORD: [CorruptState("broken")]}
    assert machine.execute(run()).status == "FAILED"
    assert now(lead).status is LeadStatus.PROCESSING


def _bid_now() -> object:
    one = bid(100)
    return DynamoBidBook().get(TENANT_ID, one.customer_id, one.id)


def _no_bids() -> object:
    settings = stage().settings
    return settings.model_copy(update={"bids": settings.bids.model_copy(update={"enabled": False})})
