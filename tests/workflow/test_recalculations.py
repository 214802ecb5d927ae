"""A recalculation of return tiers through its real state machine and the real handlers."""

import pytest

from leadflow.adapters.dynamodb.jobs import DynamoJobs
from leadflow.adapters.workflows import StandardWorkflows
from leadflow.application import move_customers_to_tiers
from leadflow.application.caller_scope import CallerScope
from leadflow.application.job_ports import Part
from leadflow.application.recalculate_return_tiers import RecalculationOrder
from leadflow.domain.errors import CorruptState, TransientFault
from leadflow.domain.identifiers import JobId, TenantId
from leadflow.domain.jobs import Job, JobKind, JobProgress, JobStatus
from leadflow.domain.principals import Role
from leadflow.runtime import container, tier_actions
from tests.builders import TENANT_ID, configuration, numbered
from tests.integration.seeds import store_configuration, store_customer
from tests.unit.domain.bidding_examples import NOW, customer
from tests.unit.domain.tier_examples import tier, with_tiers
from tests.workflow.conftest import Execution, Machine, Tasks, deployed

CUSTOMERS = 5
MOVE, FAILED = "MoveCustomersToTiersFunction", "RecordFailedJobFunction"
ADMIN = CallerScope(TENANT_ID, numbered("user", 1), Role.ADMIN)


class CancelledJobs(DynamoJobs):
    """Jobs that are cancelled as soon as one step has been counted."""

    def count(self, tenant_id: TenantId, job_id: JobId, part: Part) -> None:
        super().count(tenant_id, job_id, part)
        self.cancel(tenant_id, job_id, NOW)


@pytest.fixture(autouse=True)
def machine(tables: dict[str, str], tasks: Tasks, monkeypatch: pytest.MonkeyPatch) -> Machine:
    """The state machine, and five customers without a tier; two of them to a step."""
    made = deployed("RecalculateReturnTiersStateMachine", tasks)
    runs = StandardWorkflows({JobKind.RETURN_TIER_RECALCULATION: made.arn})
    monkeypatch.setattr(container, "job_runs", lambda: runs)
    monkeypatch.setattr(move_customers_to_tiers, "PAGE_CUSTOMERS", 2)
    monkeypatch.setattr(move_customers_to_tiers, "PAGES_PER_STEP", 1)
    store_configuration(with_tiers(configuration(), tier(1)))
    for number in range(CUSTOMERS):
        store_customer(customer(number))
    return made


def ended(machine: Machine) -> tuple[Execution, Job]:
    """A new recalculation once its workflow has ended."""
    job = tier_actions.recalculate_return_tiers()(ADMIN, RecalculationOrder(confirm=True))
    execution = machine.ended(machine.arn.replace(":stateMachine:", ":execution:") + f":{job.id}")
    found = container.jobs().get(TENANT_ID, job.id)
    assert found
    assert execution.status == "SUCCEEDED"
    return execution, found


def moved() -> int:
    """Customers that are in the tier by now."""
    found = (
        container.customer_store().get(TENANT_ID, customer(number).id)
        for number in range(CUSTOMERS)
    )
    return sum(one is not None and one.return_tier_id == tier(1).id for one in found)


def test_customers_are_moved_until_the_list_is_passed(machine: Machine) -> None:
    execution, job = ended(machine)
    assert machine.tasks.calls == [MOVE, MOVE, MOVE]
    assert execution.entered[-1] == "Ended"
    assert (job.status, job.progress) == (JobStatus.SUCCEEDED, JobProgress(total=5, done=5))
    assert job.outcome
    assert job.outcome.result == {"customers": 5, "moved": 5}
    assert moved() == CUSTOMERS


def test_what_may_pass_is_repeated(machine: Machine) -> None:
    machine.tasks.faults = {MOVE: [TransientFault("busy")]}
    _, job = ended(machine)
    assert (job.status, job.progress.done, moved()) == (JobStatus.SUCCEEDED, CUSTOMERS, CUSTOMERS)


def test_a_recalculation_that_breaks_off_says_so(machine: Machine) -> None:
    machine.tasks.faults = {MOVE: [CorruptState("broken")]}
    _, job = ended(machine)
    assert machine.tasks.calls[-1] == FAILED
    assert (job.status, moved()) == (JobStatus.FAILED, 0)


def test_a_cancelled_one_moves_no_more(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    cancelled = CancelledJobs()
    monkeypatch.setattr(container, "jobs", lambda: cancelled)
    _, job = ended(machine)
    assert machine.tasks.calls == [MOVE, MOVE]
    assert (job.status, moved()) == (JobStatus.CANCELLED, 2)
