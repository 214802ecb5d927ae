"""The end of a run that broke off."""

from leadflow.application.record_distribution_error import RecordDistributionError
from leadflow.application.run_ports import Run, RunResult
from leadflow.domain.decisions import AttemptReason, AttemptStatus, Outcome
from leadflow.domain.flows import EventName
from leadflow.domain.leads import LeadStatus
from tests.builders import configuration, lead, run, stage
from tests.fakes.clock import FixedClock
from tests.fakes.configuration import FixedConfiguration
from tests.fakes.leads import MemoryLeads
from tests.fakes.sales import ScriptedSales


def action(leads: MemoryLeads) -> RecordDistributionError:
    return RecordDistributionError(
        configuration=FixedConfiguration(configuration()),
        leads=leads,
        sales=ScriptedSales(leads),
        clock=FixedClock(),
    )


def recorded(of_run: Run) -> MemoryLeads:
    leads = MemoryLeads.of(lead())
    assert action(leads)(of_run) == RunResult(LeadStatus.DISTRIBUTION_ERROR)
    return leads


def test_a_lead_whose_run_broke_off_is_kept_as_a_distribution_error() -> None:
    [(broken, ending, step)] = recorded(run()).settled
    assert broken.status is LeadStatus.DISTRIBUTION_ERROR
    assert broken.values == lead().values
    assert ending.outcome is Outcome.DISTRIBUTION_ERROR
    assert step.number == run().step
    assert step.timeline[-1].event is EventName.LEAD


def test_the_stage_that_broke_off_is_named() -> None:
    [(_, _, step)] = recorded(run()).settled
    [attempt] = step.attempts
    assert attempt.stage_id == stage().id
    assert (attempt.status, attempt.reason) == (
        AttemptStatus.ERROR,
        AttemptReason.UNEXPECTED_ERROR,
    )


def test_without_a_stage_or_its_plan_only_the_end_is_recorded() -> None:
    for odd in (run(stage_id=None, method="none"), run(plan_version=99)):
        [(_, _, step)] = recorded(odd).settled
        assert not step.attempts
        assert len(step.timeline) == 1


def test_a_lead_can_be_given_up_as_stuck() -> None:
    leads = MemoryLeads.of(lead())
    action(leads)(run(), Outcome.STUCK)
    assert leads.settled[0][1].outcome is Outcome.STUCK


def test_a_lead_that_was_sold_before_the_run_broke_off_stays_sold() -> None:
    leads = MemoryLeads.of(lead(status=LeadStatus.ASSIGNED, payout_cents=700))
    assert action(leads)(run()) == RunResult(LeadStatus.ASSIGNED, 700)
    assert not leads.settled


class _Overtaken(MemoryLeads):
    """Leads that another execution settles between the read and the write."""

    def settle(self, *_arguments: object, **_options: object) -> bool:
        self.stored[lead().id] = lead(status=LeadStatus.ASSIGNED, payout_cents=900)
        return False


def test_a_sale_that_comes_first_wins() -> None:
    assert action(_Overtaken.of(lead()))(run()) == RunResult(LeadStatus.ASSIGNED, 900)
