"""Order a file of a customer's leads (`product.md`, 11.9; `api.md`, 4)."""

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import JsonValue

from leadflow.application.caller_scope import CallerScope, existing
from leadflow.application.customer_ports import CustomerStore
from leadflow.application.filter_members import AT, filters_of
from leadflow.application.job_orders import JobOrders
from leadflow.application.lead_export_tables import ExportView
from leadflow.application.list_leads import check_filters_of_customer
from leadflow.application.ports import Clock, IdFactory
from leadflow.domain.errors import ValidationFailed
from leadflow.domain.identifiers import CustomerId, JobId, UserId
from leadflow.domain.jobs import Job, JobKind
from leadflow.domain.model import Frozen, Request

EXPORT_LEADS = "leads.export"


class ExportOrder(Request):
    """The body of `POST /customers/{id}/lead-exports`: the filters of `GET /leads`, if any."""

    filter: dict[str, JsonValue] | None = None


class ExportWish(Frozen):
    """What is exported, and for whose eyes; `filter` has been checked."""

    view: ExportView
    filter: Mapping[str, JsonValue] = {}


@dataclass(frozen=True, kw_only=True)
class ExportLeads:
    """The action with its ports."""

    customers: CustomerStore
    orders: JobOrders
    clock: Clock
    ids: IdFactory

    def __call__(
        self, scope: CallerScope, customer_id: str, order: ExportOrder, repeat: str | None = None
    ) -> Job:
        """Begin an export: of everything for tenants, of what customers see for customers.

        `repeat` names the request if it may come again. Raises `NotFound`, `ValidationFailed`
        with paths such as `filter.received_from`, and what `JobOrders.place` raises.
        """
        owner = scope.customer(customer_id)
        wish = _wish(scope, owner, order.filter or {})
        existing(self.customers.get(scope.tenant_id, owner))
        job = Job(
            id=JobId(self.ids.new("job")),
            kind=JobKind.LEAD_EXPORT,
            owner=UserId(scope.actor),
            customer_id=owner,
            wish=wish.model_dump(mode="json"),
            created_at=self.clock.now(),
        )
        return self.orders.place(scope.tenant_id, job, repeat)


def _wish(
    scope: CallerScope, customer_id: CustomerId, members: Mapping[str, JsonValue]
) -> ExportWish:
    filters = filters_of(members)
    if scope.is_customer:
        check_filters_of_customer(filters, AT)
        return ExportWish(view=ExportView.CUSTOMER, filter=members)
    if filters.customer_id not in {None, customer_id}:
        message = "This must be the customer whose leads are exported."
        raise ValidationFailed({"filter.customer_id": [message]})
    return ExportWish(view=ExportView.TENANT, filter=members)
