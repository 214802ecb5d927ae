"""How a stored lead is distributed once more."""

import pytest

from leadflow.application.lead_ports import NewFlow
from leadflow.application.reopening import FLOWS_MAX, Reopening, ended_at_once, reopened
from leadflow.application.stages import PASSED
from leadflow.domain.decisions import AttemptReason, Outcome
from leadflow.domain.errors import Conflict
from leadflow.domain.flows import EventName, FlowKind
from leadflow.domain.identifiers import FlowId, StageId
from leadflow.domain.leads import Lead, LeadStatus
from leadflow.domain.plans import Plan
from tests.builders import STAMP, TENANT_ID, configuration, lead, numbered, plan, promise, stage
from tests.unit.domain.bidding_examples import NOW

FLOW = FlowId(numbered("flow", 7))
WAITING = lead(status=LeadStatus.UNASSIGNED, tried=("partner_1",), promise=promise(kept=False))


def begun(
    of_plan: Plan | None = None,
    *,
    one: Lead = WAITING,
    kind: FlowKind = FlowKind.REPROCESS,
    start: StageId | None = None,
) -> Reopening:
    """The lead with its second flow."""
    configured = configuration(by_plan=of_plan or plan(stage()))
    return reopened(TENANT_ID, one, configured, kind, facts={}, flow_id=FLOW, now=NOW, start=start)


def settled(one: Lead = WAITING) -> NewFlow:
    return ended_at_once(
        one,
        configuration(),
        FlowKind.RELEASE,
        status=LeadStatus.UNCATEGORIZED,
        outcome=Outcome.NO_LEAD_TYPE,
        flow_id=FLOW,
        now=NOW,
    )


def test_the_lead_goes_on_with_another_flow_and_forgets_what_the_last_one_knew() -> None:
    again = begun().lead
    assert (again.status, again.version) == (LeadStatus.PROCESSING, WAITING.version + 1)
    assert again.flow_ids == (*WAITING.flow_ids, FLOW)
    assert (again.tried, again.promise, again.reservation) == ((), None, None)


def test_the_flow_runs_the_current_plan_and_belongs_to_no_submission() -> None:
    flow = begun(plan(stage(), version=4)).flow
    assert (flow.id, flow.kind, flow.plan_version) == (FLOW, FlowKind.REPROCESS, 4)
    assert (flow.lead_id, flow.submission_ids, flow.started_at) == (WAITING.id, (), NOW)
    assert flow.ended_at is None


@pytest.mark.parametrize(
    ("kind", "events"),
    [
        (FlowKind.REPROCESS, [EventName.INITIATED, EventName.REPROCESSED]),
        (FlowKind.RELEASE, [EventName.INITIATED]),
    ],
)
def test_the_timeline_begins_with_what_opened_the_flow(
    kind: FlowKind, events: list[EventName]
) -> None:
    assert [told.event for told in begun(kind=kind).step.timeline] == events


def test_a_run_begins_at_the_first_stage_that_is_open() -> None:
    reopening = begun(plan(stage(0, paused=True), stage(1)))
    assert (reopening.run.stage_id, reopening.run.step) == (stage(1).id, 1)
    assert (reopening.run.flow_id, reopening.run.stamp) == (FLOW, STAMP)
    [skipped] = reopening.step.attempts
    assert skipped.reason is AttemptReason.STAGE_PAUSED


@pytest.mark.parametrize("number", [0, 1, 2])
def test_stages_before_the_start_are_not_attempted(number: int) -> None:
    stages = (stage(0, paused=True), stage(1, paused=True), stage(2, paused=True))
    reopening = begun(plan(*stages), start=stage(number).id)
    assert [one.stage_id for one in reopening.step.attempts] == [one.id for one in stages[number:]]
    assert (reopening.run.stage_id, reopening.run.method) == (None, PASSED)


def test_only_a_lead_that_waits_is_opened_again() -> None:
    with pytest.raises(Conflict) as refused:
        begun(one=lead(status=LeadStatus.ASSIGNED))
    assert refused.value.code == "invalid_status"


def test_a_lead_has_no_more_flows_than_can_be_marked_at_once() -> None:
    ids = tuple(FlowId(numbered("flow", 100 + number)) for number in range(FLOWS_MAX))
    with pytest.raises(Conflict) as refused:
        begun(one=WAITING.model_copy(update={"flow_ids": ids}))
    assert refused.value.code == "conflict"
    assert begun(one=WAITING.model_copy(update={"flow_ids": ids[1:]}))


def test_a_gate_can_end_the_flow_at_once() -> None:
    new = settled()
    assert (new.lead.status, new.lead.flow_ids[-1]) == (LeadStatus.UNCATEGORIZED, FLOW)
    assert (new.flow.ended_at, new.flow.outcome) == (NOW, Outcome.NO_LEAD_TYPE)
    last = new.step.timeline[-1]
    assert (last.event, last.reason) == (EventName.LEAD, Outcome.NO_LEAD_TYPE)
