"""Leads as tenants, as customers and as partners see them (`api.md`, 4)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar, Literal
from uuid import UUID

from pydantic import JsonValue

from leadflow.application.lead_views import DeliveredLead
from leadflow.domain.assignments import Assignment
from leadflow.domain.leads import FieldValues, Lead, LeadStatus
from leadflow.domain.scopes import Scope
from leadflow.domain.supplied_leads import SuppliedLead
from leadflow.runtime.representations.sparse import Sparse

if TYPE_CHECKING:
    from leadflow.application.lead_views import ShownLead
    from leadflow.domain.enrichment import EnrichedData


class LeadBody(Sparse):
    """A lead for users of the tenant."""

    optional: ClassVar[frozenset[str]] = frozenset(
        {
            "contact",
            "details",
            "enriched_data",
            "assignment",
            "submission_id",
            "demand_id",
            "offer_id",
            "return_request_id",
        }
    )

    object: Literal["lead"] = "lead"
    id: str
    lead_uuid: UUID
    status: LeadStatus
    sold: bool
    is_test: bool
    version: int
    source_id: str
    lead_category_id: str
    lead_type_id: str | None
    received_at: datetime
    updated_at: datetime
    contact: FieldValues
    details: FieldValues
    enriched_data: Mapping[str, Mapping[str, JsonValue]] | None = None
    assignment: Assignment | None
    payout_cents: int
    ping_id: UUID | None
    submission_id: str | None
    demand_id: str | None
    offer_id: str | None
    flow_ids: tuple[str, ...]
    return_request_id: str | None = None


class DeliveredLeadBody(Sparse):
    """A lead for the customer that has it."""

    optional: ClassVar[frozenset[str]] = frozenset({"contact", "details"})

    object: Literal["lead"] = "lead"
    id: str
    status: LeadStatus
    lead_type: str | None
    contact: FieldValues
    details: FieldValues
    charged_cents: int
    scope: Scope | None
    assigned_at: datetime
    returned_at: datetime | None


class SuppliedLeadBody(Sparse):
    """A lead for the partner whose source sent it."""

    optional: ClassVar[frozenset[str]] = frozenset({"contact", "details"})

    object: Literal["lead"] = "lead"
    id: str
    status: LeadStatus
    source_id: str
    received_at: datetime
    contact: FieldValues
    details: FieldValues
    payout_cents: int


AnyLeadBody = LeadBody | DeliveredLeadBody | SuppliedLeadBody


def lead_body(view: ShownLead) -> AnyLeadBody:
    """The body of a lead in a list, as much of it as the view holds."""
    if isinstance(view, SuppliedLead):
        return _supplied(view)
    return _delivered(view) if isinstance(view, DeliveredLead) else _whole(view)


def lead_detail_body(view: ShownLead) -> AnyLeadBody:
    """The body of one lead; users of the tenant see its enriched data too (`api.md`, 8)."""
    if not isinstance(view, Lead):
        return lead_body(view)
    return _whole(view).model_copy(update={"enriched_data": _enriched(view.enriched)})


def version_of(view: ShownLead) -> int | None:
    """The version that the entity tag names; a partner would see by it that a lead came back."""
    if isinstance(view, SuppliedLead):
        return None
    return view.lead.version if isinstance(view, DeliveredLead) else view.version


def _whole(lead: Lead) -> LeadBody:
    return LeadBody(
        id=lead.id,
        lead_uuid=lead.lead_uuid,
        status=lead.status,
        sold=lead.sold,
        is_test=lead.is_test,
        version=lead.version,
        source_id=lead.source_id,
        lead_category_id=lead.lead_category_id,
        lead_type_id=lead.lead_type_id,
        received_at=lead.received_at,
        updated_at=lead.updated_at,
        contact=lead.contact,
        details=lead.details,
        assignment=lead.assignment,
        payout_cents=lead.payout_cents,
        ping_id=lead.ping_id,
        submission_id=lead.submission_id,
        demand_id=lead.demand_id,
        offer_id=lead.offer_id,
        flow_ids=lead.flow_ids,
        return_request_id=lead.return_request_id,
    )


def _enriched(data: EnrichedData | None) -> Mapping[str, Mapping[str, JsonValue]] | None:
    """Only what has a value; None without any."""
    parts = data.model_dump(mode="json", exclude_none=True) if data else {}
    return {
        name: {member: value for member, value in part.items() if value != []}
        for name, part in parts.items()
    } or None


def _delivered(view: DeliveredLead) -> DeliveredLeadBody:
    return DeliveredLeadBody(
        id=view.lead.id,
        status=view.lead.status,
        lead_type=view.lead_type,
        contact=view.contact,
        details=view.details,
        charged_cents=view.assignment.charged_cents,
        scope=view.assignment.scope,
        assigned_at=view.assignment.assigned_at,
        returned_at=view.assignment.returned_at,
    )


def _supplied(view: SuppliedLead) -> SuppliedLeadBody:
    return SuppliedLeadBody(
        id=view.lead.id,
        status=view.status,
        source_id=view.lead.source_id,
        received_at=view.lead.received_at,
        contact=view.contact,
        details=view.details,
        payout_cents=view.lead.payout_cents,
    )
