"""What every task of a run does with the lead that it works on."""

from leadflow.application.ports import Leads
from leadflow.application.run_ports import Run, RunResult
from leadflow.domain.errors import CorruptState
from leadflow.domain.leads import Lead, LeadStatus


def lead_of(run: Run, leads: Leads) -> Lead:
    """The lead of a run. Raises `CorruptState` when there is none."""
    lead = leads.get(run.tenant_id, run.lead_id)
    if lead is None:
        raise CorruptState("The lead of the run does not exist.")
    return lead


def is_on(run: Run, lead: Lead) -> bool:
    """Whether the lead is still what this run is working on."""
    return lead.status is LeadStatus.PROCESSING and lead.flow_ids[-1] == run.flow_id


def result_of(lead: Lead) -> RunResult:
    """What became of a lead."""
    return RunResult(lead.status, lead.payout_cents)
