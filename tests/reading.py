"""A tenant with leads, flows and submissions to read, for tests of lists and views."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from uuid import UUID

from leadflow.application.list_ports import Period
from leadflow.domain.assignments import AssignedVia, Assignment
from leadflow.domain.configuration import Configuration, LeadCategory
from leadflow.domain.fields import FieldRequest, category_fields, source_fields
from leadflow.domain.flows import Flow, FlowKind
from leadflow.domain.geography import Country, Location
from leadflow.domain.identifiers import (
    CategoryId,
    CustomerId,
    FlowId,
    LeadId,
    LeadTypeId,
    SourceId,
    SubmissionId,
    TenantId,
    UserId,
)
from leadflow.domain.lead_types import LeadType
from leadflow.domain.leads import Lead, LeadStatus, SearchKeys
from leadflow.domain.plans import Plan
from leadflow.domain.principals import Role, SourcePrincipal, UserPrincipal
from leadflow.domain.scopes import Scope
from leadflow.domain.settings import Tenant, TenantSettings
from leadflow.domain.sources import Source, SourceType
from leadflow.domain.submissions import Submission, SubmissionKind, SubmissionStatus


def identify(prefix: str, number: int) -> str:
    """An identifier of that kind; higher numbers are younger."""
    return f"{prefix}_{number:026d}"


CREATED = datetime(2026, 1, 15, 9, tzinfo=UTC)
NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
EVER = Period(CREATED, NOON)
TENANT, STRANGER = TenantId(identify("tenant", 1)), TenantId(identify("tenant", 2))
CATEGORY = CategoryId(identify("category", 1))
SOLAR = LeadTypeId(identify("type", 1))
SOURCE, OTHER_SOURCE = SourceId(identify("source", 1)), SourceId(identify("source", 2))
BUYER, RIVAL = CustomerId(identify("cus", 1)), CustomerId(identify("cus", 2))

VALUES: Mapping[str, str | int] = {
    "first_name": "Jane",
    "last_name": "Roe",
    "email": "jane@example.com",
    "phone": "602-555-0100",
    "zip": "85001",
    "roof": "flat",
    "credit_score": 700,
    "campaign": "spring",
}
SEARCH = SearchKeys(email="jane@example.com", phone="+16025550100", name="jane roe")


def user(
    role: Role = Role.ADMIN, tenant_id: TenantId = TENANT, customer_id: CustomerId | None = None
) -> UserPrincipal:
    return UserPrincipal(
        tenant_id=tenant_id, user_id=UserId("user_1"), role=role, customer_id=customer_id
    )


def buyer(customer_id: CustomerId = BUYER) -> UserPrincipal:
    return user(Role.CUSTOMER_USER, customer_id=customer_id)


def sender(source_id: SourceId = SOURCE) -> SourcePrincipal:
    return SourcePrincipal(tenant_id=TENANT, source_id=source_id)


def configuration(tenant_id: TenantId = TENANT, hidden: tuple[str, ...] = ()) -> Configuration:
    """A category with one deliverable custom field; of `hidden` basic fields nothing is delivered.

    The source adds a field that is not delivered either.
    """
    requested = [
        FieldRequest.model_validate({"title": "roof", "type": "text", "deliverable": True}),
        FieldRequest.model_validate({"title": "credit_score", "type": "numeric"}),
        *(FieldRequest(title=title, deliverable=False) for title in hidden),
    ]
    category = LeadCategory(
        id=CATEGORY,
        name="Solar",
        fields=category_fields(requested),
        created_at=CREATED,
        updated_at=CREATED,
    )
    own = source_fields([FieldRequest.model_validate({"title": "campaign", "type": "text"})])
    sources = {
        source_id: Source(
            id=source_id,
            name=source_id,
            lead_category_id=CATEGORY,
            type=SourceType.INTERNAL,
            fields=own,
            created_at=CREATED,
            updated_at=CREATED,
        )
        for source_id in (SOURCE, OTHER_SOURCE)
    }
    solar = LeadType(
        id=SOLAR,
        name="Solar owner",
        lead_category_id=CATEGORY,
        fallback=True,
        created_at=CREATED,
        updated_at=CREATED,
    )
    return Configuration(
        stamp=1,
        tenant=Tenant(id=tenant_id, name="One", cursor_key="key", created_at=CREATED),
        settings=TenantSettings(default_consent_name="One"),
        plan=Plan(version=1, stages=(), created_at=CREATED),
        categories={CATEGORY: category},
        lead_types={SOLAR: solar},
        sources=sources,
        duplicate_checks={},
        audit_conditions={},
    )


def lead(number: int, **members: object) -> Lead:
    """A lead received as many seconds before noon as its number is below a hundred thousand."""
    received = NOON - timedelta(seconds=100_000 - number)
    default = Lead(
        id=LeadId(identify("lead", number)),
        lead_uuid=UUID(int=number),
        status=LeadStatus.UNASSIGNED,
        source_id=SOURCE,
        lead_category_id=CATEGORY,
        lead_type_id=SOLAR,
        received_at=received,
        updated_at=received,
        values=VALUES,
        location=Location(postal_code="85001", state="AZ", country=Country.US),
        search=SEARCH,
        submission_id=SubmissionId(identify("submission", number)),
        flow_ids=(FlowId(identify("flow", number)),),
    )
    return default.model_copy(update=members)


def sold_lead(number: int, customer_id: CustomerId = BUYER, **members: object) -> Lead:
    """A lead that a customer bought."""
    assignment = Assignment(
        customer_id=customer_id,
        assigned_via=AssignedVia.BIDDING,
        scope=Scope.COUNTY,
        charged_cents=4500,
        assigned_at=NOON,
    )
    sold = {"status": LeadStatus.ASSIGNED, "assignment": assignment, "payout_cents": 2250}
    return lead(number, **(sold | members))


def submission(number: int, **members: object) -> Submission:
    """An accepted post; its lead has the same number."""
    default = Submission(
        id=SubmissionId(identify("submission", number)),
        kind=SubmissionKind.POST,
        status=SubmissionStatus.ACCEPTED,
        http_status=201,
        source_id=SOURCE,
        received_at=lead(number).received_at,
        raw='{"zip": "85001", "extra": 1.50}',
        lead_id=LeadId(identify("lead", number)),
    )
    return default.model_copy(update=members)


def flow(number: int, **members: object) -> Flow:
    """The flow of a post; its lead has the same number."""
    started = lead(number).received_at
    default = Flow(
        id=FlowId(identify("flow", number)),
        kind=FlowKind.POST,
        lead_id=LeadId(identify("lead", number)),
        source_id=SOURCE,
        plan_version=1,
        submission_ids=(SubmissionId(identify("submission", number)),),
        started_at=started,
        updated_at=started,
    )
    return default.model_copy(update=members)
