"""A sold lead in memory with all that is ever made of one, and what erases it."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import cast

from leadflow.application.erase_lead import EraseLead, ErasureOrder
from leadflow.application.erase_lead_data import EraseLeadData
from leadflow.application.erasure_ports import Erasures, JobFiles, LeadDelivery
from leadflow.application.erasure_steps import ErasureState, ErasureStep
from leadflow.application.job_orders import JobOrders
from leadflow.application.job_ports import Jobs
from leadflow.application.record_failed_job import FailedJob, RecordFailedJob
from leadflow.domain.deliveries import (
    DeliveryAttempt,
    DeliveryStatus,
    ReceivedResponse,
    SentRequest,
    delivery_of,
)
from leadflow.domain.identifiers import JobId, UserId
from leadflow.domain.jobs import Job, JobKind, JobStatus
from leadflow.domain.leads import Lead, LeadStatus, SearchKeys
from leadflow.domain.returns import return_request_id
from leadflow.domain.submissions import Submission
from leadflow.domain.told_facts import FactName, LeadFact
from tests.builders import TENANT_ID, configuration, flow, numbered, ping, submission
from tests.fakes.configuration import FixedConfiguration
from tests.fakes.erasures import MemoryErasures
from tests.fakes.files import MemoryFiles
from tests.fakes.jobs import MemoryJobs, ScriptedRuns
from tests.fakes.lead_lists import FakeLeadLists
from tests.fakes.submission_lists import FakeSubmissionLists
from tests.unit.application.lead_world import ADMIN
from tests.unit.application.lead_world import World as LeadWorld
from tests.unit.application.webhook_world import webhook
from tests.unit.domain.bidding_examples import NOW, customer
from tests.unit.domain.demand_examples import demand
from tests.unit.domain.return_examples import return_request, sold

PHONE, EMAIL = "+15125550142", "ada@example.com"
WORD = "Ada Byron, +15125550142"
"""Stands in everything that is to be emptied."""
PING = ping(values={"first_name": "Ada"}, digest="of Ada")
STEPS_MAX = 300


def bought(**changes: object) -> Lead:
    """A lead that the first customer has bought, by a ping, and wants to give back."""
    members: dict[str, object] = {
        "search": SearchKeys(email=EMAIL, phone=PHONE, name="ada byron"),
        "ping_id": PING.id,
        "return_request_id": return_request_id(sold().id),
        "demand_id": demand().id,
        "fingerprints": ("of its phone", "of its e-mail"),
    }
    return sold().model_copy(update=members | changes)


def delivered(one: Lead, number: int = 1, **changes: object) -> LeadDelivery:
    """What a webhook was told of a lead: sent, and echoed."""
    hook = webhook(number)
    fact = LeadFact(
        id=f"fact-{number}",
        tenant_id=TENANT_ID,
        at=NOW,
        lead_id=one.id,
        version=1,
        status=LeadStatus.ASSIGNED,
    )
    attempts = (DeliveryAttempt(at=NOW, response_status=200),)
    pending = delivery_of(FactName.LEAD_ASSIGNED, fact, hook)
    request = SentRequest(method="POST", url=hook.url, headers={}, body=WORD)
    answer = ReceivedResponse(status=200, body=WORD)
    made = pending.settled(DeliveryStatus.SUCCEEDED, attempts, request, answer)
    return LeadDelivery(hook.id, made.model_copy(update=changes))


@dataclass
class World:
    """What is stored can be looked at and put there directly."""

    lead: Lead = field(default_factory=bought)

    def __post_init__(self) -> None:
        self.around = LeadWorld(self.lead)
        self.leads, self.clock = self.around.leads, self.around.clock
        self.jobs, self.runs = MemoryJobs(), ScriptedRuns()
        self.lists, self.submissions = FakeLeadLists(), FakeSubmissionLists()
        self.files = MemoryFiles()
        self.erasures = MemoryErasures(self.leads, self.submissions)
        self._fill()

    def _fill(self) -> None:
        made, one = self.erasures, self.lead
        self.lists.put(TENANT_ID, one)
        self.around.flows.heads[one.flow_ids[0]] = flow()
        self.submissions.put(TENANT_ID, submission(raw=WORD), self.asked(900))
        made.pings[PING.id] = PING
        made.told = [delivered(one), delivered(bought(id=numbered("lead", 9)), 2)]
        made.claims = dict.fromkeys(one.fingerprints, one.id)
        request = return_request(note=WORD)
        made.requests[request.id] = request
        wanted = demand()
        made.demands[wanted.id] = wanted

    def asked(self, number: int, **changes: object) -> Submission:
        """A submission that has got the answer of the ping."""
        return submission(number, raw=WORD, ping_id=PING.id, **changes)

    def order(self, *, confirm: bool = True, repeat: str | None = None) -> Job:
        action = EraseLead(
            leads=self.leads,
            erasures=self.erasures,
            orders=JobOrders(jobs=self.jobs, runs=self.runs, clock=self.clock),
            clock=self.clock,
            ids=self.around.ids,
        )
        return action(ADMIN, self.lead.id, ErasureOrder(confirm=confirm), repeat)

    def erasing(
        self,
        jobs: Jobs | None = None,
        erasures: Erasures | None = None,
        files: JobFiles | None = None,
    ) -> EraseLeadData:
        """The task, its ports the world's own unless they are named."""
        return EraseLeadData(
            jobs=jobs or self.jobs,
            delete=self.around.delete,
            configuration=FixedConfiguration(configuration()),
            lead_lists=self.lists,
            submission_lists=self.submissions,
            flows=self.around.flows,
            erasures=erasures or self.erasures,
            files=files or self.files,
            clock=self.clock,
        )

    def record_failed(self, job: Job) -> None:
        failed = FailedJob(tenant_id=TENANT_ID, job_id=job.id, kind=job.kind)
        RecordFailedJob(jobs=self.jobs, clock=self.clock)(failed)

    def step(self, job: Job) -> ErasureStep:
        return ErasureStep(TENANT_ID, job.id)

    def erased(self, job: Job | None = None) -> Job:
        """The job once its workflow has ended."""
        ordered = job or self.order()
        step = self.step(ordered)
        for _ in range(STEPS_MAX):
            step = self.erasing()(step)
            if step.state is ErasureState.ENDED:
                break
        return self.jobs.kept[TENANT_ID, ordered.id]

    def export(self, **changes: object) -> Job:
        """An export of the buyer's leads, with a file."""
        base = Job(
            id=JobId(numbered("job", 50)),
            kind=JobKind.LEAD_EXPORT,
            status=JobStatus.SUCCEEDED,
            owner=UserId("user_1"),
            customer_id=customer(1).id,
            wish={},
            created_at=NOW - timedelta(minutes=1),
        )
        job = base.model_copy(update=changes)
        self.jobs.kept[TENANT_ID, job.id] = job
        self.files.put(f"{TENANT_ID}/jobs/{job.id}/leads.csv", WORD.encode())
        return job

    @property
    def words(self) -> list[str]:
        """Where the person can still be read of, but for other leads' deliveries."""
        made = self.erasures
        stored: dict[str, object] = {
            "lead": self.leads.stored,
            "submissions": self.submissions.kept,
            "ping": made.pings,
            "deliveries": made.deliveries(TENANT_ID, self.lead.id),
            "requests": made.requests,
            "demands": made.demands,
            "claims": made.claims,
            "files": self.files.kept,
        }
        return [
            name for name, held in stored.items() if "Ada" in str(held) or "of its" in str(held)
        ]


def told(job: Job) -> list[tuple[str, str | None]]:
    """The recipients that a job names."""
    assert job.outcome
    recipients = cast("list[dict[str, str | None]]", job.outcome.result["recipients"])
    return [(str(one["way"]), one["id"]) for one in recipients]
