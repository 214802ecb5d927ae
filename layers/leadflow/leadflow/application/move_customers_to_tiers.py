"""A task of a recalculation: find the return tiers of the next customers again."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from leadflow.application.customer_ports import Author, CustomerStore
from leadflow.application.job_ports import Jobs, Part
from leadflow.application.list_ports import Spot
from leadflow.application.ports import Clock, ConfigurationReader
from leadflow.application.recalculation_steps import RecalculationState, RecalculationStep
from leadflow.domain.customers import Customer
from leadflow.domain.errors import CorruptState, NotFound
from leadflow.domain.identifiers import CustomerId, TenantId
from leadflow.domain.jobs import Job, JobOutcome, JobStatus
from leadflow.domain.return_tiers import TierLadder
from leadflow.domain.revisions import revised

PAGE_CUSTOMERS = 100
"""Customers that are read in one batch."""

PAGES_PER_STEP = 50

SECONDS_PER_STEP = timedelta(seconds=25)
"""No page is begun later than that; the function has time left for one."""

STEPS_MAX = 3_000
"""Steps of a job. A workflow has a history of 25,000 events at most, and each step makes seven."""


@dataclass(frozen=True, kw_only=True)
class MoveCustomersToTiers:
    """The action with its ports."""

    configuration: ConfigurationReader
    customers: CustomerStore
    jobs: Jobs
    clock: Clock

    def __call__(self, step: RecalculationStep) -> RecalculationStep:
        """Move customers, newest first, and hand on where the next step begins, if there is one.

        The last step ends the job. A customer moves only on the totals that its tier is found
        with. A repeated step finds those moved that were moved before, and does not count them
        again. Nobody moves once the job has ended. Raises `CorruptState` for more steps than
        `STEPS_MAX`.
        """
        job = self.jobs.get(step.tenant_id, step.job_id)
        if job is None:
            raise NotFound
        if self.jobs.begin(step.tenant_id, step.job_id, None) is not JobStatus.RUNNING:
            return replace(step, state=RecalculationState.ENDED)
        if step.steps >= STEPS_MAX:
            raise CorruptState(f"A recalculation has at most {STEPS_MAX} steps.")
        after = self._moved(step, job)
        part = Part(str(after.steps), done=after.customers - step.customers)
        self.jobs.count(step.tenant_id, step.job_id, part)
        if after.state is RecalculationState.ENDED:
            self._end(after)
        return after

    def _moved(self, step: RecalculationStep, job: Job) -> RecalculationStep:
        """Where the workflow stands behind as many pages as a step may take."""
        customers, moved, position = step.customers, step.moved, step.position
        state, until = RecalculationState.MOVING, self.clock.now() + SECONDS_PER_STEP
        for _ in range(PAGES_PER_STEP):
            page = self.customers.spots(step.tenant_id, limit=PAGE_CUSTOMERS, position=position)
            moved += sum(self._moves(step.tenant_id, job, page))
            customers += len(page)
            if len(page) < PAGE_CUSTOMERS:
                state = RecalculationState.ENDED
                break
            position = page[-1].position
            if self.clock.now() >= until:
                break
        return replace(
            step,
            steps=step.steps + 1,
            customers=customers,
            moved=moved,
            position=position,
            state=state,
        )

    def _moves(self, tenant_id: TenantId, job: Job, page: Sequence[Spot]) -> Iterator[bool]:
        """For each customer of a page whether it was moved; by the tiers as they are now."""
        ladder = self.configuration.current(tenant_id).ladder
        found = self.customers.many(tenant_id, [CustomerId(spot.id) for spot in page])
        for customer in found.values():
            if ladder.placed(customer) is not customer:
                yield self._is_moved(tenant_id, job, customer, ladder)

    def _is_moved(self, tenant_id: TenantId, job: Job, seen: Customer, ladder: TierLadder) -> bool:
        author = Author(job.owner, self.clock.now())

        def placed(newest: Customer) -> Customer:
            tier_id = ladder.placed(newest).return_tier_id
            return revised(newest, author.at, return_tier_id=tier_id)

        after = self.customers.change(tenant_id, seen.id, placed, author)
        return after.return_tier_id != seen.return_tier_id

    def _end(self, step: RecalculationStep) -> None:
        self.jobs.begin(step.tenant_id, step.job_id, step.customers)
        outcome = JobOutcome(result={"customers": step.customers, "moved": step.moved})
        self.jobs.end(step.tenant_id, step.job_id, JobStatus.SUCCEEDED, outcome, self.clock.now())
