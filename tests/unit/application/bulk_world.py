"""A reprocess of many leads with everything it touches, in memory."""

from dataclasses import dataclass, field

from leadflow.adapters.formats import LibraryFormats
from leadflow.application.bulk_reprocess import Batch, BulkFiles, BulkRun
from leadflow.application.collect_reprocess_results import CollectReprocessResults
from leadflow.application.finish_reprocess import FinishReprocess
from leadflow.application.flow_ids import FlowIds
from leadflow.application.flow_opening import FlowOpening
from leadflow.application.job_orders import JobOrders
from leadflow.application.lead_desk import LeadDesk
from leadflow.application.list_leads import ListLeads
from leadflow.application.reprocess_batch import ReprocessBatch
from leadflow.application.reprocess_lead import ReprocessLead
from leadflow.application.reprocess_leads import ReprocessLeads
from leadflow.application.reprocess_selection import ReprocessSelection
from leadflow.application.requests import validated
from leadflow.application.select_leads_to_reprocess import SelectLeadsToReprocess
from leadflow.application.threshold import Threshold
from leadflow.domain.configuration import Configuration
from leadflow.domain.identifiers import UserId
from leadflow.domain.jobs import Job
from leadflow.domain.principals import Role, UserPrincipal
from tests.builders import TENANT_ID, configuration, numbered, plan, stage
from tests.fakes.clock import FixedClock
from tests.fakes.configuration import FixedConfiguration
from tests.fakes.distribution import ScriptedDistribution
from tests.fakes.files import MemoryFiles
from tests.fakes.flows import MemoryFlows
from tests.fakes.ids import CountingIds
from tests.fakes.jobs import MemoryJobs, ScriptedRuns
from tests.fakes.lead_lists import FakeLeadLists
from tests.fakes.leads import MemoryLeads
from tests.fakes.withheld import MemoryQueue

ADMIN = UserPrincipal(tenant_id=TENANT_ID, user_id=UserId(numbered("user", 1)), role=Role.ADMIN)


@dataclass
class World:
    """The actions of the tasks, over these leads."""

    leads: MemoryLeads
    configured: Configuration = field(default_factory=lambda: configuration(by_plan=plan(stage(0))))
    jobs: MemoryJobs = field(default_factory=MemoryJobs)
    runs: ScriptedRuns = field(default_factory=ScriptedRuns)
    files: MemoryFiles = field(default_factory=MemoryFiles)
    clock: FixedClock = field(default_factory=FixedClock)
    ids: CountingIds = field(default_factory=CountingIds)
    distribution: ScriptedDistribution = field(default_factory=ScriptedDistribution)
    queue: MemoryQueue = field(default_factory=MemoryQueue)

    @property
    def lists(self) -> FakeLeadLists:
        """The leads as they are now."""
        lists = FakeLeadLists()
        lists.put(TENANT_ID, *self.leads.stored.values())
        return lists

    @property
    def bulk_files(self) -> BulkFiles:
        return BulkFiles(files=self.files)

    @property
    def confirm(self) -> ReprocessLeads:
        return ReprocessLeads(
            configuration=FixedConfiguration(self.configured),
            orders=JobOrders(jobs=self.jobs, runs=self.runs, clock=self.clock),
            files=self.bulk_files,
            ids=self.ids,
            clock=self.clock,
        )

    @property
    def select(self) -> SelectLeadsToReprocess:
        listing = ListLeads(
            configuration=FixedConfiguration(self.configured),
            lists=self.lists,
            formats=LibraryFormats(),
            clock=self.clock,
        )
        return SelectLeadsToReprocess(
            jobs=self.jobs, files=self.bulk_files, lists=self.lists, list_leads=listing
        )

    @property
    def reprocess_batch(self) -> ReprocessBatch:
        desk = LeadDesk(
            configuration=FixedConfiguration(self.configured),
            leads=self.leads,
            formats=LibraryFormats(),
            clock=self.clock,
        )
        flows = MemoryFlows(heads=self.leads.heads, written=self.leads.steps)
        opening = FlowOpening(
            desk=desk,
            flow_ids=FlowIds(flows=flows, ids=CountingIds()),
            distribution=self.distribution,
            threshold=Threshold(self.leads.usage),
            withheld=self.queue,
        )
        return ReprocessBatch(
            jobs=self.jobs,
            files=self.bulk_files,
            leads=self.leads,
            reprocess_lead=ReprocessLead(desk=desk, opening=opening),
        )

    @property
    def collect(self) -> CollectReprocessResults:
        return CollectReprocessResults(jobs=self.jobs, files=self.bulk_files, lists=self.lists)

    @property
    def finish(self) -> FinishReprocess:
        return FinishReprocess(jobs=self.jobs, files=self.bulk_files, clock=self.clock)

    def job(self, repeat: str | None = None, **body: object) -> Job:
        """A job that was confirmed."""
        selection = validated(ReprocessSelection, {"confirm": True, **body})
        return self.confirm(ADMIN, selection, repeat)

    def now(self, job: Job) -> Job:
        """The job as it is stored."""
        return self.jobs.kept[TENANT_ID, job.id]

    def selected(self, job: Job) -> BulkRun:
        """The run once all leads are selected."""
        run = BulkRun(tenant_id=TENANT_ID, job_id=job.id)
        while not run.is_selected:
            run = self.select(run)
        return run

    def batches(self, run: BulkRun) -> list[Batch]:
        """All batches of a run, list by list."""
        lists = [run.model_copy(update={"collected": number}) for number in range(run.lists)]
        return [batch for one in lists for batch in self.bulk_files.batches(one)]

    def worked_off(self, run: BulkRun) -> None:
        """Handle every batch."""
        for batch in self.batches(run):
            self.reprocess_batch(run.tenant_id, run.job_id, batch)

    def lines(self, run: BulkRun) -> list[str]:
        """The lines of the report that are there."""
        folder = f"{run.tenant_id}/jobs/{run.job_id}/report/"
        text = b"".join(self.files.read(key) for key in self.files.keys(folder))
        return text.decode().splitlines()
