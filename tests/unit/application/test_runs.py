"""Whether a task still has work to do."""

import pytest

from leadflow.application.run_ports import RunResult
from leadflow.application.runs import is_elsewhere, is_on, lead_of, result_of
from leadflow.domain.assignments import AssignedVia
from leadflow.domain.errors import CorruptState
from leadflow.domain.identifiers import FlowId
from leadflow.domain.leads import LeadStatus
from leadflow.domain.reservations import Reservation
from tests.builders import lead, run, stage
from tests.fakes.leads import MemoryLeads
from tests.unit.domain.bidding_examples import NOW


def test_a_task_works_on_the_lead_that_its_run_names() -> None:
    assert lead_of(run(), MemoryLeads.of(lead())) == lead()


def test_a_run_without_a_lead_is_a_corrupt_state() -> None:
    with pytest.raises(CorruptState):
        lead_of(run(), MemoryLeads())


def test_a_run_is_on_while_its_lead_is_processing_in_its_flow() -> None:
    assert is_on(run(), lead())
    assert not is_on(run(), lead(status=LeadStatus.ASSIGNED))
    assert not is_on(run(), lead(flow_ids=(run().flow_id, FlowId("flow_newer"))))


def test_a_run_is_elsewhere_while_another_of_its_steps_posts_the_lead() -> None:
    reserved = Reservation(stage_id=stage().id, step=1, via=AssignedVia.PARTNER, open_until=NOW)
    assert not is_elsewhere(run(step=1), lead())
    assert not is_elsewhere(run(step=1), lead(reservation=reserved))
    assert is_elsewhere(run(step=2), lead(reservation=reserved))


def test_the_result_is_what_became_of_the_lead() -> None:
    sold = lead(status=LeadStatus.ASSIGNED, payout_cents=700)
    assert result_of(sold) == RunResult(LeadStatus.ASSIGNED, 700)
