"""A tenant that imports leads on behalf of a customer, in memory."""

import csv
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass, field

from leadflow.adapters.formats import LibraryFormats
from leadflow.application.caller_scope import CallerScope
from leadflow.application.finish_lead_import import FinishLeadImport
from leadflow.application.import_batch import ImportBatch
from leadflow.application.import_leads import ImportLeads, ImportOrder, PreparedImport
from leadflow.application.import_ports import upload_key
from leadflow.application.job_orders import JobOrders
from leadflow.application.lead_import_steps import ImportFiles, ImportState, ImportStep, RowBatch
from leadflow.application.record_failed_job import FailedJob, RecordFailedJob
from leadflow.application.split_lead_import import SplitLeadImport
from leadflow.application.start_lead_import import StartLeadImport
from leadflow.domain.configuration import Configuration
from leadflow.domain.demands import Demand
from leadflow.domain.identifiers import CustomerId
from leadflow.domain.jobs import Job
from leadflow.domain.principals import Role
from tests.builders import CATEGORY_ID, TENANT_ID, configuration, lead_type, numbered
from tests.fakes.clock import FixedClock
from tests.fakes.configuration import FixedConfiguration
from tests.fakes.customer_store import MemoryCustomerStore
from tests.fakes.files import MemoryFiles
from tests.fakes.ids import CountingIds
from tests.fakes.imports import MemoryDemandBlocks, MemoryImports, MemoryUploads
from tests.fakes.jobs import MemoryJobs, ScriptedRuns
from tests.unit.domain.auction_examples import ON_MARKETPLACE
from tests.unit.domain.bidding_examples import customer

ADMIN = CallerScope(TENANT_ID, numbered("user", 1), Role.ADMIN)
BUYER = customer(1).id
MAPPING = {"E-mail": "email", "ZIP": "zip"}
HEADER = "ZIP,Note,E-mail"
GOOD = [f"78701,row {number},ada{number}@example.com" for number in range(1, 4)]
BAD = "99999,=bad,nobody"


def table(*rows: str, header: str = HEADER) -> bytes:
    """A file of these lines."""
    return "".join(f"{row}\n" for row in (header, *rows)).encode()


MIXED = table(GOOD[0], BAD, GOOD[1], "", '78701,"two\nlines",ada@example.com', "78701,short")
"""Rows 1, 3 and 4 are good, 2 and 5 are bad; a line is empty, and a row has two."""


def configured() -> Configuration:
    """A category with the basic fields, whose fallback type is on the marketplace."""
    return configuration(of_type=lead_type(marketplace=ON_MARKETPLACE))


@dataclass
class ImportWorld:
    """The actions over fakes; two rows to a batch unless a test says otherwise."""

    configured: FixedConfiguration = field(default_factory=lambda: FixedConfiguration(configured()))
    customers: MemoryCustomerStore = field(default_factory=MemoryCustomerStore)
    imports: MemoryImports = field(default_factory=MemoryImports)
    uploads: MemoryUploads = field(default_factory=MemoryUploads)
    demands: MemoryDemandBlocks = field(default_factory=MemoryDemandBlocks)
    jobs: MemoryJobs = field(default_factory=MemoryJobs)
    runs: ScriptedRuns = field(default_factory=ScriptedRuns)
    files: MemoryFiles = field(default_factory=MemoryFiles)
    clock: FixedClock = field(default_factory=FixedClock)
    ids: CountingIds = field(default_factory=CountingIds)

    def __post_init__(self) -> None:
        for number in (1, 2):
            self.customers.stored[TENANT_ID, customer(number).id] = customer(number)
        kept = ImportFiles(files=self.files)
        self.import_leads = ImportLeads(
            configuration=self.configured,
            customers=self.customers,
            imports=self.imports,
            uploads=self.uploads,
            clock=self.clock,
            ids=self.ids,
        )
        self.start = StartLeadImport(
            configuration=self.configured,
            customers=self.customers,
            imports=self.imports,
            uploads=self.uploads,
            jobs=self.jobs,
            orders=JobOrders(jobs=self.jobs, runs=self.runs, clock=self.clock),
            clock=self.clock,
        )
        self.split = SplitLeadImport(
            imports=self.imports,
            uploads=self.uploads,
            jobs=self.jobs,
            files=kept,
            clock=self.clock,
        )
        self.batch = ImportBatch(
            configuration=self.configured,
            formats=LibraryFormats(),
            imports=self.imports,
            uploads=self.uploads,
            demands=self.demands,
            jobs=self.jobs,
            files=kept,
            clock=self.clock,
        )
        self.finish = FinishLeadImport(jobs=self.jobs, files=kept, clock=self.clock)

    def record_failed(self, job: Job) -> None:
        """The last resort of the workflow."""
        failed = FailedJob(tenant_id=TENANT_ID, job_id=job.id, kind=job.kind)
        RecordFailedJob(jobs=self.jobs, clock=self.clock)(failed)

    def prepare(self, **order: object) -> PreparedImport:
        """A new import, for the first customer unless the order says `of` whom."""
        of = str(order.pop("of", BUYER))
        body = {"lead_category_id": CATEGORY_ID, "mapping": MAPPING, "filename": "leads.csv"}
        return self.import_leads(ADMIN, of, ImportOrder.model_validate({**body, **order}))

    def upload(self, prepared: PreparedImport, data: bytes) -> None:
        """Put a file where the link leads."""
        self.uploads.kept[upload_key(TENANT_ID, prepared.lead_import.id)] = data

    def begun(self, data: bytes, **order: object) -> Job:
        """The job of a new import with this file."""
        prepared = self.prepare(**order)
        self.upload(prepared, data)
        return self.start(ADMIN, prepared.lead_import.id)

    def batches(self, step: ImportStep) -> Sequence[RowBatch]:
        """What the workflow maps over."""
        listed = json.loads(self.files.read(step.batches_key))
        return [RowBatch.model_validate(one) for one in listed]

    def in_batches(self, data: bytes) -> tuple[Job, ImportStep]:
        """The job of a new import once its file is split, and where its workflow is then."""
        job = self.begun(data)
        return job, self.split(first_step(job))

    def run(self, job: Job) -> Job:
        """The job once its workflow has ended."""
        step = self.split(first_step(job))
        if step.state is ImportState.SPLIT:
            for batch in self.batches(step):
                self.batch(step, batch)
            step = self.finish(step)
        assert step.state is ImportState.ENDED
        return self.stored(job)

    def imported(self, data: bytes, **order: object) -> Job:
        """The same of a new import."""
        return self.run(self.begun(data, **order))

    def stored(self, job: Job) -> Job:
        """The job as of now."""
        return self.jobs.kept[TENANT_ID, job.id]

    def made(self, of: CustomerId = BUYER) -> list[Demand]:
        """The demands of a customer, by their rows."""
        own = [one for one in self.demands.stored.values() if one.customer_id == of]
        return sorted(own, key=lambda one: one.row)

    def errors(self, job: Job) -> list[dict[str, str]]:
        """The rows of the errors file."""
        assert job.outcome
        assert job.outcome.file
        text = self.files.read(job.outcome.file).decode()
        return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))


def first_step(job: Job) -> ImportStep:
    """Where the workflow begins."""
    return ImportStep(TENANT_ID, job.id)


def result(job: Job) -> dict[str, object]:
    """What the job tells."""
    assert job.outcome
    return dict(job.outcome.result)
