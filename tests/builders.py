"""A small tenant for tests: one category, one type, one source, one stage, one lead."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from leadflow.application.run_ports import Run
from leadflow.domain.configuration import AuditCondition, Configuration, LeadCategory
from leadflow.domain.decisions import Candidate, Decision, Kind, Verdict
from leadflow.domain.duplicates import DuplicateCheck
from leadflow.domain.exchanges import Exchange, MappingRow, PostExchange, ResponseRules
from leadflow.domain.fields import basic_fields
from leadflow.domain.flows import Flow, FlowKind
from leadflow.domain.identifiers import (
    CategoryId,
    FlowId,
    LeadId,
    LeadTypeId,
    PartnerId,
    SourceId,
    StageId,
    SubmissionId,
    TenantId,
)
from leadflow.domain.lead_types import LeadType
from leadflow.domain.leads import Lead, LeadStatus
from leadflow.domain.partners import Partner
from leadflow.domain.pings import Ping, PingMessage
from leadflow.domain.plans import HighestPriceStage, Plan, Stage
from leadflow.domain.promises import PingOffer, Promise
from leadflow.domain.scopes import Scope
from leadflow.domain.settings import Tenant, TenantSettings
from leadflow.domain.sources import Source, SourceType
from leadflow.domain.submissions import Submission, SubmissionKind
from tests.unit.domain.bidding_examples import LOCATION, NOW, bid, customer, grid

TENANT_ID = TenantId("tenant_" + "0" * 26)
CATEGORY_ID = CategoryId("category_" + "0" * 26)
TYPE_ID = LeadTypeId("type_" + "0" * 26)
SOURCE_ID = SourceId("source_" + "0" * 26)
STAMP = 3
VALUES = {"first_name": "Ada", "last_name": "Byron", "email": "ada@example.com", "zip": "78701"}
"""A valid lead in Travis County, Texas."""


def numbered(prefix: str, number: int) -> str:
    """An identifier that sorts by its number."""
    return f"{prefix}_{number:026d}"


def stage(number: int = 0, **changes: object) -> HighestPriceStage:
    """A Highest Price stage that takes bids of every scope."""
    base = HighestPriceStage(id=StageId(numbered("stage", number)), name=f"Stage {number}")
    return base.model_copy(update=changes)


def plan(*stages: Stage, version: int = 1) -> Plan:
    """A plan of these stages."""
    return Plan(version=version, stages=stages, created_at=NOW)


def category() -> LeadCategory:
    """A category with the basic fields only."""
    return LeadCategory(
        id=CATEGORY_ID, name="Homes", fields=basic_fields(), created_at=NOW, updated_at=NOW
    )


def lead_type(**changes: object) -> LeadType:
    """The fallback type of the category; bids of every scope go from $10 to $1000 in tens."""
    base = LeadType(
        id=TYPE_ID,
        name="Any",
        lead_category_id=CATEGORY_ID,
        fallback=True,
        bidding_scopes=tuple(grid(scope=scope) for scope in Scope),
        created_at=NOW,
        updated_at=NOW,
    )
    return base.model_copy(update=changes)


def source(**changes: object) -> Source:
    """A source that is owed all that its leads are sold for."""
    base = Source(
        id=SOURCE_ID,
        name="Web",
        lead_category_id=CATEGORY_ID,
        type=SourceType.INTERNAL,
        created_at=NOW,
        updated_at=NOW,
    )
    return base.model_copy(update=changes)


def duplicate_check(number: int = 0, **changes: object) -> DuplicateCheck:
    """No second lead with the same e-mail address within 30 days."""
    base = DuplicateCheck(
        id=numbered("check", number), fields=("email",), days=30, created_at=NOW, updated_at=NOW
    )
    return base.model_copy(update=changes)


def ping_exchange(**changes: object) -> Exchange:
    """Asks for a price with the postal code."""
    base = Exchange(
        url="https://partner.example.com/ping",
        timeout_seconds=5,
        mapping=(MappingRow(key="zip", value="{{ zip }}"),),
        response=ResponseRules(price_path="price"),
        active_since=NOW,
    )
    return base.model_copy(update=changes)


def post_exchange(**changes: object) -> PostExchange:
    """Delivers the e-mail address; any 2xx is a success."""
    base = PostExchange(
        url="https://partner.example.com/post",
        timeout_seconds=10,
        mapping=(MappingRow(key="email", value="{{ email }}"),),
        active_since=NOW,
    )
    return base.model_copy(update=changes)


def partner(number: int = 0, **changes: object) -> Partner:
    """A partner that takes every lead, by ping and post."""
    base = Partner(
        id=PartnerId(numbered("partner", number)),
        name=f"Partner {number}",
        ping=ping_exchange(),
        post=post_exchange(),
        created_at=NOW,
        updated_at=NOW,
    )
    return base.model_copy(update=changes)


def configuration(
    *,
    from_source: Source | None = None,
    of_type: LeadType | None = None,
    by_plan: Plan | None = None,
    checks: tuple[DuplicateCheck, ...] = (),
    audits: tuple[AuditCondition, ...] = (),
    partners: tuple[Partner, ...] = (),
) -> Configuration:
    """The tenant's configuration."""
    sender, kind = from_source or source(), of_type or lead_type()
    return Configuration(
        stamp=STAMP,
        tenant=Tenant(id=TENANT_ID, name="Acme", cursor_key="key", created_at=NOW),
        settings=TenantSettings(default_consent_name="Acme"),
        plan=by_plan or plan(stage()),
        categories={CATEGORY_ID: category()},
        lead_types={kind.id: kind},
        sources={sender.id: sender},
        duplicate_checks={check.id: check for check in checks},
        audit_conditions={audit.id: audit for audit in audits},
        partners={one.id: one for one in partners},
    )


def lead(number: int = 0, **changes: object) -> Lead:
    """A lead that is being distributed."""
    base = Lead(
        id=LeadId(numbered("lead", number)),
        lead_uuid=UUID(int=number),
        status=LeadStatus.PROCESSING,
        source_id=SOURCE_ID,
        lead_category_id=CATEGORY_ID,
        lead_type_id=TYPE_ID,
        received_at=NOW,
        updated_at=NOW,
        values=VALUES,
        location=LOCATION,
        submission_id=SubmissionId(numbered("submission", number)),
        flow_ids=(FlowId(numbered("flow", number)),),
    )
    return base.model_copy(update=changes)


def flow(number: int = 0, **changes: object) -> Flow:
    """The flow of that lead."""
    base = Flow(
        id=FlowId(numbered("flow", number)),
        kind=FlowKind.POST,
        lead_id=LeadId(numbered("lead", number)),
        source_id=SOURCE_ID,
        plan_version=1,
        submission_ids=(SubmissionId(numbered("submission", number)),),
        started_at=NOW,
        updated_at=NOW,
    )
    return base.model_copy(update=changes)


def submission(number: int = 0, **changes: object) -> Submission:
    """The submission of that lead, not settled yet."""
    base = Submission(
        id=SubmissionId(numbered("submission", number)),
        kind=SubmissionKind.POST,
        source_id=SOURCE_ID,
        received_at=NOW,
        raw="{}",
    )
    return base.model_copy(update=changes)


def ping_offer(number: int = 1, **changes: object) -> PingOffer:
    """An offer of $70 by the bid of that customer, as it would have won."""
    candidate = Candidate(kind=Kind.BID, id=bid(owner=number).id, customer_id=customer(number).id)
    base = PingOffer(
        id=UUID(int=100 + number),
        decision=Decision(
            stage_id=StageId(numbered("stage", 0)),
            phase="ping",
            candidate=candidate,
            verdict=Verdict.WON,
            amount_cents=10_000,
            charged_cents=7_000,
        ),
        charged_cents=7_000,
        payout_cents=7_000,
        consent_name=f"Buyer {number}",
        customer_number=number,
    )
    return base.model_copy(update=changes)


def promise(**changes: object) -> Promise:
    """The promise of the first stage to sell to that bid; it is open."""
    base = Promise(stage_id=StageId(numbered("stage", 0)), offer=ping_offer())
    return base.model_copy(update=changes)


def ping(number: int = 0, **changes: object) -> Ping:
    """A ping of a moment ago that was matched with one offer."""
    base = Ping(
        id=UUID(int=1_000 + number),
        source_id=SOURCE_ID,
        flow_id=FlowId(numbered("flow", number)),
        submission_id=SubmissionId(numbered("submission", 900 + number)),
        digest="digest",
        received_at=NOW,
        expires_at=NOW + timedelta(minutes=5),
        message=PingMessage.MATCH_FOUND,
        values={"zip": VALUES["zip"]},
        lead_type_id=TYPE_ID,
        plan_version=1,
        stage_id=StageId(numbered("stage", 0)),
        price_cents=7_000,
        offers=(ping_offer(),),
        offers_count=1,
    )
    return base.model_copy(update=changes)


def run(number: int = 0, **changes: object) -> Run:
    """The first stage of that lead's run."""
    base = Run(
        tenant_id=TENANT_ID,
        lead_id=LeadId(numbered("lead", number)),
        flow_id=FlowId(numbered("flow", number)),
        plan_version=1,
        stamp=STAMP,
        step=1,
        stage_id=numbered("stage", 0),
        method="highest_price",
    )
    return replace(base, **changes)  # type: ignore[arg-type] # members are named by the tests
