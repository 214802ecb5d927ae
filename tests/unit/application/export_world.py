"""A tenant whose customers' leads are exported, in memory."""

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from leadflow.application.caller_scope import caller_scope
from leadflow.application.export_leads import EXPORT_LEADS, ExportLeads, ExportOrder
from leadflow.application.finish_lead_export import FinishLeadExport
from leadflow.application.job_orders import JobOrders
from leadflow.application.lead_export_steps import ExportState, ExportStep
from leadflow.application.list_leads import ListLeads
from leadflow.application.record_failed_job import FailedJob, RecordFailedJob
from leadflow.application.write_exported_leads import WriteExportedLeads
from leadflow.domain.configuration import Configuration
from leadflow.domain.identifiers import CustomerId, TenantId
from leadflow.domain.jobs import Job
from leadflow.domain.leads import Lead
from leadflow.domain.plans import Plan
from leadflow.domain.principals import Principal
from tests.fakes.customer_store import MemoryCustomerStore
from tests.fakes.files import MemoryFiles
from tests.fakes.ids import CountingIds
from tests.fakes.jobs import MemoryJobs, ScriptedRuns
from tests.fakes.lead_lists import FakeLeadLists
from tests.fakes.readings import TenDigits
from tests.reading import BUYER, NOON, RIVAL, TENANT, configuration, user
from tests.unit.domain.bidding_examples import customer

STEPS_MAX = 50


@dataclass
class TickingClock:
    """Implements `Clock`: every look at it takes a while."""

    tick: timedelta = timedelta(0)
    at: datetime = NOON

    def now(self) -> datetime:
        self.at += self.tick
        return self.at


@dataclass
class Configured:
    """Implements `ConfigurationReader` with what a test configures."""

    newest: Configuration = field(default_factory=configuration)

    def current(self, _tenant_id: TenantId) -> Configuration:
        return self.newest

    def at_least(self, _tenant_id: TenantId, stamp: int) -> Configuration:
        assert stamp <= self.newest.stamp
        return self.newest

    def plan(self, _tenant_id: TenantId, _version: int) -> Plan | None:
        return self.newest.plan


@dataclass
class ExportWorld:
    """Everything in memory, with the actions of exports."""

    configured: Configured = field(default_factory=Configured)
    lists: FakeLeadLists = field(default_factory=FakeLeadLists)
    jobs: MemoryJobs = field(default_factory=MemoryJobs)
    runs: ScriptedRuns = field(default_factory=ScriptedRuns)
    files: MemoryFiles = field(default_factory=MemoryFiles)
    clock: TickingClock = field(default_factory=TickingClock)
    ids: CountingIds = field(default_factory=CountingIds)
    customers: MemoryCustomerStore = field(default_factory=MemoryCustomerStore)

    def __post_init__(self) -> None:
        for number, customer_id in enumerate((BUYER, RIVAL)):
            self.customers.stored[TENANT, customer_id] = customer(number, id=customer_id)

    def has(self, *leads: Lead) -> None:
        """Put leads into the store."""
        self.lists.put(TENANT, *leads)

    def order(
        self,
        principal: Principal | None = None,
        of: CustomerId = BUYER,
        **members: object,
    ) -> Job:
        """What `POST /customers/{id}/lead-exports` does."""
        action = ExportLeads(
            customers=self.customers,
            orders=JobOrders(jobs=self.jobs, runs=self.runs, clock=self.clock),
            clock=self.clock,
            ids=self.ids,
        )
        order = ExportOrder.model_validate({"filter": members} if members else {})
        return action(caller_scope(principal or user(), EXPORT_LEADS), of, order)

    @property
    def write(self) -> WriteExportedLeads:
        return WriteExportedLeads(
            configuration=self.configured,
            list_leads=ListLeads(
                configuration=self.configured,
                lists=self.lists,
                formats=TenDigits(),
                clock=self.clock,
            ),
            jobs=self.jobs,
            files=self.files,
            clock=self.clock,
            ids=self.ids,
        )

    @property
    def finish(self) -> FinishLeadExport:
        return FinishLeadExport(jobs=self.jobs, files=self.files, clock=self.clock)

    def record_failed(self, job: Job) -> None:
        """The last resort of the workflow."""
        failed = FailedJob(tenant_id=TENANT, job_id=job.id, kind=job.kind)
        RecordFailedJob(jobs=self.jobs, clock=self.clock)(failed)

    def run(self, job: Job) -> Job:
        """What the workflow does."""
        step = first_step(job)
        for _ in range(STEPS_MAX):
            step = self.write(step)
            if step.state is not ExportState.WRITING:
                break
        if step.state is ExportState.WRITTEN:
            step = self.finish(step)
        assert step.state is ExportState.ENDED
        return self.stored(job)

    def stored(self, job: Job) -> Job:
        """The job as it is now."""
        found = self.jobs.get(TENANT, job.id)
        assert found
        return found

    def text(self, job: Job) -> str:
        """The file of a job."""
        outcome = self.stored(job).outcome
        assert outcome
        assert outcome.file
        return self.files.read(outcome.file).decode()

    def rows(self, job: Job) -> list[Mapping[str, str]]:
        """The file as a program reads it."""
        return list(csv.DictReader(io.StringIO(self.text(job), newline=""), strict=True))

    def exported(self, principal: Principal | None = None, **members: object) -> list[str]:
        """The ids in a new export."""
        job = self.order(principal, BUYER, **members)
        self.run(job)
        return [row["id"] for row in self.rows(job)]


def first_step(job: Job) -> ExportStep:
    """What the workflow begins with."""
    return ExportStep(TENANT, job.id)
