"""The end of a run that sold nothing."""

from datetime import timedelta

import pytest

from leadflow.application.close_flow import CloseFlow
from leadflow.application.direct_post import DirectPost
from leadflow.application.run_ports import RunResult
from leadflow.domain.assignments import AssignedVia
from leadflow.domain.decisions import AttemptReason, AttemptStatus, Outcome
from leadflow.domain.flows import Channel, EventName, attempted
from leadflow.domain.leads import Lead, LeadStatus
from leadflow.domain.reservations import Reservation
from leadflow.domain.starts import NamedStart
from tests.builders import TENANT_ID, flow, lead, run, stage
from tests.fakes.clock import FixedClock
from tests.fakes.direct_post import URL, direct_post, posting
from tests.fakes.flows import MemoryFlows
from tests.fakes.leads import MemoryLeads
from tests.fakes.outbound import ScriptedOutbound, answer
from tests.unit.domain.bidding_examples import NOW

LAST = run(step=2, stage_id=None, method="none")
RESERVATION = Reservation(
    stage_id=stage().id, step=1, via=AssignedVia.PARTNER, open_until=NOW + timedelta(seconds=12)
)


def close(leads: MemoryLeads, flows: MemoryFlows | None = None) -> RunResult:
    return posting_close(leads, flows or MemoryFlows(), direct_post())


def posting_close(leads: MemoryLeads, flows: MemoryFlows, post: DirectPost) -> RunResult:
    return CloseFlow(leads=leads, flows=flows, clock=FixedClock(), direct_post=post)(LAST)


def test_a_lead_that_nobody_took_is_unassigned() -> None:
    leads = MemoryLeads.of(lead())
    assert close(leads) == RunResult(LeadStatus.UNASSIGNED)
    [(unassigned, ending, step)] = leads.settled
    assert (unassigned.status, unassigned.version) == (LeadStatus.UNASSIGNED, 2)
    assert (ending.ended_at, ending.outcome) == (NOW, Outcome.NO_STAGE_ACCEPTED)
    assert step.number == LAST.step
    assert [(event.event, event.reason) for event in step.timeline] == [
        (EventName.LEAD, Outcome.NO_STAGE_ACCEPTED)
    ]


def test_the_outcome_tells_of_candidates_that_were_not_eligible() -> None:
    flows, leads = MemoryFlows(), MemoryLeads.of(lead())
    for number, reason in enumerate((AttemptReason.NO_CANDIDATES, AttemptReason.STAGE_PAUSED)):
        tried = attempted(stage(), AttemptStatus.FAILED, reason, started_at=NOW, ended_at=NOW)
        flows.add_step(TENANT_ID, LAST.flow_id, tried.model_copy(update={"number": number}))
    close(leads, flows)
    refused = attempted(
        stage(),
        AttemptStatus.FAILED,
        AttemptReason.NO_ELIGIBLE_CANDIDATE,
        started_at=NOW,
        ended_at=NOW,
    )
    flows.add_step(TENANT_ID, LAST.flow_id, refused.model_copy(update={"number": 5}))
    other = MemoryLeads.of(lead())
    close(other, flows)
    assert leads.settled[0][1].outcome is Outcome.NO_STAGE_ACCEPTED
    assert other.settled[0][1].outcome is Outcome.NO_ELIGIBLE_CANDIDATE


@pytest.mark.parametrize("status", [LeadStatus.ASSIGNED, LeadStatus.UNASSIGNED])
def test_a_lead_that_has_moved_on_stays_as_it_is(status: LeadStatus) -> None:
    leads = MemoryLeads.of(lead(status=status))
    assert close(leads) == RunResult(status)
    assert not leads.settled


def test_a_lead_that_another_execution_is_posting_stays_with_it() -> None:
    leads = MemoryLeads.of(lead(reservation=RESERVATION))
    assert close(leads) == RunResult(LeadStatus.PROCESSING)
    assert not leads.settled


class _Overtaken(MemoryLeads):
    """Leads that another execution settles between the read and the write."""

    def settle(self, *_arguments: object, **_options: object) -> bool:
        sold: Lead = lead(status=LeadStatus.ASSIGNED, payout_cents=900)
        self.stored[sold.id] = sold
        return False


def test_a_task_that_is_overtaken_tells_what_the_other_one_made_of_the_lead() -> None:
    assert close(_Overtaken.of(lead())) == RunResult(LeadStatus.ASSIGNED, 900)


def unsold(reason: AttemptReason = AttemptReason.AUCTION_UNSOLD) -> MemoryFlows:
    """A flow in which a stage has failed for that reason."""
    tried = attempted(stage(), AttemptStatus.FAILED, reason, started_at=NOW, ended_at=NOW)
    flows = MemoryFlows()
    flows.add_step(TENANT_ID, LAST.flow_id, tried)
    return flows


def asked_for(start: str = NamedStart.DIRECT_POST) -> MemoryFlows:
    """The flow of a reprocess with that start, which has passed nothing."""
    return MemoryFlows({LAST.flow_id: flow(start=start)})


@pytest.mark.parametrize("flows", [unsold(), asked_for()])
def test_a_lead_that_the_direct_post_takes_is_posted_for_nothing(flows: MemoryFlows) -> None:
    leads, outbound = MemoryLeads.of(lead()), ScriptedOutbound()
    result = posting_close(leads, flows, direct_post(posting(), outbound))
    assert result == RunResult(LeadStatus.POSTED)
    [(posted, ending, step)] = leads.settled
    assert posted.assignment
    assert (posted.assignment.assigned_via, posted.assignment.charged_cents) == (
        AssignedVia.PARTNER,
        0,
    )
    assert (ending.channel, ending.sold_for_cents, ending.outcome) == (Channel.PING_POST, 0, None)
    assert [event.event for event in step.timeline] == [EventName.LEAD]
    assert len(outbound.sent) == 1


@pytest.mark.parametrize("flows", [unsold(), asked_for()])
def test_a_lead_that_the_direct_post_refuses_is_unassigned(flows: MemoryFlows) -> None:
    leads = MemoryLeads.of(lead())
    refusing = ScriptedOutbound({URL: answer(status=409)})
    result = posting_close(leads, flows, direct_post(posting(), refusing))
    assert result == RunResult(LeadStatus.UNASSIGNED)
    assert leads.settled[0][1].outcome is Outcome.DIRECT_POST_FAILED


@pytest.mark.parametrize(
    "flows",
    [
        unsold(AttemptReason.NO_CANDIDATES),
        asked_for(NamedStart.BIDDING),
        MemoryFlows(),
    ],
)
def test_a_lead_that_was_in_no_auction_is_not_posted(flows: MemoryFlows) -> None:
    outbound = ScriptedOutbound()
    posting_close(MemoryLeads.of(lead()), flows, direct_post(posting(), outbound))
    assert not outbound.sent


def test_without_a_direct_post_an_unsold_lead_is_unassigned() -> None:
    leads = MemoryLeads.of(lead())
    assert close(leads, unsold()) == RunResult(LeadStatus.UNASSIGNED)
    assert leads.settled[0][1].outcome is Outcome.NO_STAGE_ACCEPTED


def test_a_post_that_another_execution_settled_first_is_told_as_settled() -> None:
    leads = _Overtaken.of(lead())
    result = posting_close(leads, unsold(), direct_post(posting()))
    assert result == RunResult(LeadStatus.ASSIGNED, 900)
