"""Order the erasure of a lead: all that was made of its person's data (`docs/privacy.md`)."""

from dataclasses import dataclass

from leadflow.application.caller_scope import CallerScope
from leadflow.application.erasure_ports import Erasures
from leadflow.application.job_orders import JobOrders
from leadflow.application.list_ports import LeadReader
from leadflow.application.ports import Clock, IdFactory
from leadflow.domain.errors import NotFound, ValidationFailed
from leadflow.domain.identifiers import JobId, LeadId, TenantId, UserId, is_identifier
from leadflow.domain.jobs import Job, JobKind
from leadflow.domain.model import Request
from leadflow.domain.transitions import DELETABLE, check_status

LEAD = "lead_id"
"""The member of the job's wish that names the lead."""


class ErasureOrder(Request):
    """The body of `POST /leads/{id}/erase`."""

    confirm: bool = False


@dataclass(frozen=True, kw_only=True)
class EraseLead:
    """The action with its ports."""

    leads: LeadReader
    erasures: Erasures
    orders: JobOrders
    clock: Clock
    ids: IdFactory

    def __call__(
        self, scope: CallerScope, lead_id: str, order: ErasureOrder, repeat: str | None = None
    ) -> Job:
        """Begin it; a lead that is deleted can be erased as well, and once more.

        `repeat` names the request if it may come again. Raises `ValidationFailed` (`confirm`),
        `NotFound`, `Conflict` (`invalid_status`) for a lead that is processing, and what
        `JobOrders.place` raises.
        """
        if not order.confirm:
            message = "This cannot be undone: confirm it with true."
            raise ValidationFailed({"confirm": [message]})
        self._check(scope.tenant_id, lead_id)
        job = Job(
            id=JobId(self.ids.new("job")),
            kind=JobKind.LEAD_ERASURE,
            owner=UserId(scope.actor),
            wish={LEAD: lead_id},
            created_at=self.clock.now(),
        )
        return self.orders.place(scope.tenant_id, job, repeat)

    def _check(self, tenant_id: TenantId, lead_id: str) -> None:
        """That there is something to erase, now."""
        if not is_identifier("lead", lead_id):
            raise NotFound
        lead = self.leads.get(tenant_id, LeadId(lead_id))
        if lead is not None:
            check_status(lead.status, DELETABLE, is_test=lead.is_test)
        elif self.erasures.remains(tenant_id, LeadId(lead_id)) is None:
            raise NotFound
