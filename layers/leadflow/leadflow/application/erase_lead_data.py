"""The task of an erasure: delete the lead, find who got its data, empty what was made of it.

The lead goes first, in one transaction that leaves where the rest lies. So whatever is read from
then on makes no new copy, and a task that breaks off is simply repeated.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from pydantic import JsonValue

from leadflow.application.caller_scope import CallerScope
from leadflow.application.delete_lead import DeleteLead
from leadflow.application.erase_lead import LEAD
from leadflow.application.erasure_ports import Erasures, JobFiles
from leadflow.application.erasure_steps import ErasureState, ErasureStep
from leadflow.application.job_ports import Jobs, job_folder
from leadflow.application.list_ports import (
    FlowReader,
    LeadLists,
    LeadTrait,
    LeadWalk,
    Period,
    SubmissionLists,
    SubmissionWalk,
)
from leadflow.application.ports import Clock, ConfigurationReader
from leadflow.domain.deliveries import DeliveryStatus
from leadflow.domain.erasure import (
    ALIKE_MAX,
    Recipient,
    Remains,
    Traces,
    Way,
    in_order,
    recipients_of,
    suppression_digests,
)
from leadflow.domain.errors import CorruptState, NotFound
from leadflow.domain.identifiers import JobId, LeadId, SubmissionId, TenantId
from leadflow.domain.jobs import Job, JobKind, JobOutcome, JobStatus
from leadflow.domain.leads import Lead
from leadflow.domain.pings import Ping
from leadflow.domain.principals import Role

WAITS_MAX = 120
"""Looks at an export that is still running, half a minute apart: an hour."""

UNFINISHED_JOBS_MAX = 1_000
"""Jobs of the tenant that are looked at, the oldest first, for exports that are running."""

PAGE_SUBMISSIONS = 100
"""Submissions that are read in one batch."""

PAGES_MAX = 600
"""Batches that are looked through for equal pings: an hour of a source's busiest minutes."""

EVER = timedelta(days=36_500)
"""How far back other leads of a person are looked for."""


@dataclass(frozen=True, kw_only=True)
class EraseLeadData:
    """The action with its ports."""

    jobs: Jobs
    delete: DeleteLead
    configuration: ConfigurationReader
    lead_lists: LeadLists
    submission_lists: SubmissionLists
    flows: FlowReader
    erasures: Erasures
    files: JobFiles
    clock: Clock

    def __call__(self, step: ErasureStep) -> ErasureStep:
        """Erase the lead of the job and end the job, or wait for an export that has read it.

        Nothing is done once the job has ended; a lead that is erased already is only told of.
        Raises `NotFound`, `Conflict` for a lead that is processing, `CorruptState` for more waits
        than `WAITS_MAX`, and `TransientFault`.
        """
        job = self.jobs.get(step.tenant_id, step.job_id)
        if job is None:
            raise NotFound
        if self.jobs.begin(step.tenant_id, step.job_id, 1) is not JobStatus.RUNNING:
            return replace(step, state=ErasureState.ENDED)
        remains = self._deleted(step.tenant_id, job)
        if remains.erased_at is None:
            remains = self._erased(step.tenant_id, remains)
        if remains.erased_at is None:
            return _waiting(step)
        outcome = JobOutcome(result=_result(remains, remains.erased_at))
        now = self.clock.now()
        self.jobs.end(step.tenant_id, step.job_id, JobStatus.SUCCEEDED, outcome, now)
        return replace(step, state=ErasureState.ENDED)

    def _deleted(self, tenant_id: TenantId, job: Job) -> Remains:
        """What is left of the lead, once it is deleted."""
        lead_id = LeadId(str(job.wish[LEAD]))
        remains = self.erasures.remains(tenant_id, lead_id)
        if remains is None:
            # Whoever ordered it may delete sold leads as well.
            scope = CallerScope(tenant_id, job.owner, Role.ADMIN)
            traces = partial(self._traces, tenant_id)
            self.delete(scope, lead_id, _any_version, find_traces=traces)
            remains = self.erasures.remains(tenant_id, lead_id)
        if remains is None:
            raise NotFound
        return remains

    def _traces(self, tenant_id: TenantId, lead: Lead) -> Traces:
        key = self.configuration.current(tenant_id).tenant.cursor_key
        return Traces(suppression_digests(key, lead.search), tuple(self._alike(tenant_id, lead)))

    def _alike(self, tenant_id: TenantId, lead: Lead) -> Iterator[LeadId]:
        """Other leads with the phone or the e-mail, each once."""
        now = self.clock.now()
        period, found = Period(now - EVER, now), set[str]()
        traits = {LeadTrait.PHONE: lead.search.phone, LeadTrait.EMAIL: lead.search.email}
        for trait, value in traits.items():
            if value:
                walk = LeadWalk(trait, value, lead.is_test, period)
                spots = self.lead_lists.spots(tenant_id, walk, limit=ALIKE_MAX, position=None)
                found |= {spot.id for spot in spots}
        yield from (LeadId(one) for one in sorted(found - {lead.id}))

    def _erased(self, tenant_id: TenantId, remains: Remains) -> Remains:
        """Note who got the data, then erase.

        Only where no export goes on that may have read the lead is nothing left.
        """
        running = list(self._running_exports(tenant_id, remains))
        exports = {job.id: job for job in [*self._exports(tenant_id, remains), *running]}
        if remains.recipients is None:
            remains = remains.told(self._recipients(tenant_id, remains, list(exports.values())))
            self.erasures.keep(tenant_id, remains)
        self._wipe(tenant_id, remains)
        for job_id in exports:
            self.files.remove(job_folder(tenant_id, job_id))
        if running:
            return remains
        done = remains.erased(self.clock.now())
        self.erasures.keep(tenant_id, done)
        return done

    def _running_exports(self, tenant_id: TenantId, remains: Remains) -> Iterator[Job]:
        """Exports of the buyer's leads that were ordered before the tombstone, and go on."""
        before, limit = remains.deleted_at, UNFINISHED_JOBS_MAX
        for job in self.jobs.unfinished(tenant_id, before=before, limit=limit):
            if _may_export(job, remains):
                yield job

    def _exports(self, tenant_id: TenantId, remains: Remains) -> Iterator[Job]:
        """Exports of the buyer's leads that have files."""
        if remains.assignment is None or remains.assignment.customer_id is None:
            return
        for name in self.files.folders(f"{tenant_id}/jobs/"):
            job = self.jobs.get(tenant_id, JobId(name))
            if job is not None and _may_export(job, remains):
                yield job

    def _recipients(
        self, tenant_id: TenantId, remains: Remains, exports: list[Job]
    ) -> tuple[Recipient, ...]:
        heads = self.flows.many(tenant_id, remains.flow_ids)
        steps = [one for flow in heads for one in self.flows.steps(tenant_id, flow.id)]
        told = [
            Recipient(way=Way.WEBHOOK, id=one.webhook_id, at=one.delivery.created_at)
            for one in self.erasures.deliveries(tenant_id, remains.lead_id)
            if one.delivery.attempts or one.delivery.status is DeliveryStatus.PENDING
        ]
        files = [Recipient(way=Way.EXPORT, id=job.id, at=job.created_at) for job in exports]
        return in_order([*recipients_of(remains, heads, steps), *told, *files])

    def _wipe(self, tenant_id: TenantId, remains: Remains) -> None:
        """Empty everything; what is empty already stays as it is."""
        erasures = self.erasures
        erasures.erase_submissions(tenant_id, list(self._submissions(tenant_id, remains)))
        ping = erasures.ping(tenant_id, remains.ping_id) if remains.ping_id else None
        if ping is not None:
            erasures.erase_ping(tenant_id, ping)
        erasures.erase_claims(tenant_id, remains.lead_id, remains.fingerprints)
        if remains.return_request_id is not None:
            erasures.erase_return_request(tenant_id, remains.return_request_id)
        if remains.demand_id is not None:
            erasures.erase_demand(tenant_id, remains.demand_id)
        for told in erasures.deliveries(tenant_id, remains.lead_id):
            erasures.erase_delivery(tenant_id, told)

    def _submissions(self, tenant_id: TenantId, remains: Remains) -> Iterator[SubmissionId]:
        """The post, and all calls about its ping: equal pings and posts that were refused."""
        if remains.submission_id is not None:
            yield remains.submission_id
        ping = self.erasures.ping(tenant_id, remains.ping_id) if remains.ping_id else None
        if ping is not None:
            yield ping.submission_id
            yield from self._equal_pings(tenant_id, ping)
            yield from self.erasures.refused_posts(tenant_id, ping.flow_id)

    def _equal_pings(self, tenant_id: TenantId, ping: Ping) -> Iterator[SubmissionId]:
        """Submissions that got the answer of a ping, while that was valid."""
        period = Period(ping.received_at, ping.expires_at)
        walk, position = SubmissionWalk(ping.source_id, ping.is_test, period), None
        for _ in range(PAGES_MAX):
            spots = self.submission_lists.spots(
                tenant_id, walk, limit=PAGE_SUBMISSIONS, position=position
            )
            found = self.submission_lists.many(tenant_id, [spot.id for spot in spots])
            yield from (one.id for one in found.values() if one.ping_id == ping.id)
            if len(spots) < PAGE_SUBMISSIONS:
                return
            position = spots[-1].position
        raise CorruptState(f"A source sent more than {PAGES_MAX * PAGE_SUBMISSIONS} submissions.")


def _waiting(step: ErasureStep) -> ErasureStep:
    if step.waits >= WAITS_MAX:
        raise CorruptState(f"An export was not over after {WAITS_MAX} looks.")
    return replace(step, waits=step.waits + 1, state=ErasureState.WAITING)


def _may_export(job: Job, remains: Remains) -> bool:
    """Whether a job writes files of the buyer's leads."""
    buyer = remains.assignment.customer_id if remains.assignment else None
    is_export = job.kind is JobKind.LEAD_EXPORT and job.customer_id is not None
    return is_export and job.customer_id == buyer


def _result(remains: Remains, erased_at: datetime) -> Mapping[str, JsonValue]:
    """What the job tells; times as everywhere on the wire."""
    return {
        "lead_id": remains.lead_id,
        "deleted_at": _wire(remains.deleted_at),
        "erased_at": _wire(erased_at),
        "recipients": [
            {"way": one.way, "id": one.id, "at": _wire(one.at)} for one in remains.recipients or ()
        ],
        "other_lead_ids": list(remains.alike),
    }


def _wire(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")


def _any_version(_version: int) -> None:
    """Whatever the lead has become since it was ordered."""
