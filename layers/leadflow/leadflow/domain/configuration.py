"""Everything a tenant has configured, as one consistent value.

Configuration is small, changes rarely and is needed by every lead, so it is read as a whole and
kept; `stamp` grows with every change and tells whether a kept value is still the newest.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from leadflow.domain.conditions import Conditions
from leadflow.domain.duplicates import DuplicateCheck
from leadflow.domain.fields import Field, effective_fields
from leadflow.domain.identifiers import (
    CategoryId,
    LeadTypeId,
    PartnerId,
    ReturnTierId,
    SourceId,
    WebhookId,
)
from leadflow.domain.lead_types import Classifier, LeadType, classifier
from leadflow.domain.model import Frozen
from leadflow.domain.partners import Partner
from leadflow.domain.plans import Plan
from leadflow.domain.return_tiers import ReturnTier, TierLadder
from leadflow.domain.settings import Tenant, TenantSettings
from leadflow.domain.sources import Source
from leadflow.domain.webhooks import Webhook


class LeadCategory(Frozen):
    """The schema of a kind of lead (`product.md`, 4.1)."""

    id: CategoryId
    name: str
    description: str | None = None
    fields: tuple[Field, ...]
    archived: bool = False
    version: int = 1
    created_at: datetime
    updated_at: datetime


class AuditCondition(Frozen):
    """Leads of the category for which it is true wait for a person (`product.md`, 10.2)."""

    id: str
    name: str
    description: str | None = None
    lead_category_id: CategoryId
    conditions: Conditions
    archived: bool = False
    version: int = 1
    created_at: datetime
    updated_at: datetime


class RealEstateApi(Frozen):
    """How the Real Estate API is reached; its keys lie apart as `api_key`, `skip_trace_api_key`."""

    base_url: str
    skip_traces: bool = False
    version: int = 1
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True)
class Configuration:
    """A tenant's configuration at one stamp."""

    stamp: int
    tenant: Tenant
    settings: TenantSettings
    plan: Plan
    categories: Mapping[CategoryId, LeadCategory]
    lead_types: Mapping[LeadTypeId, LeadType]
    sources: Mapping[SourceId, Source]
    duplicate_checks: Mapping[str, DuplicateCheck]
    audit_conditions: Mapping[str, AuditCondition]
    partners: Mapping[PartnerId, Partner] = field(default_factory=dict)
    webhooks: Mapping[WebhookId, Webhook] = field(default_factory=dict)
    real_estate_api: RealEstateApi | None = None
    return_tiers: Mapping[ReturnTierId, ReturnTier] = field(default_factory=dict)

    def fields_of(self, source: Source) -> tuple[Field, ...]:
        """The fields of a source's leads: its category's, added to and overridden by its own."""
        return effective_fields(self.categories[source.lead_category_id].fields, source.fields)

    def duplicate_checks_of(self, source: Source) -> tuple[DuplicateCheck, ...]:
        """The checks that apply to a source's leads: the global ones and its own."""
        return tuple(
            check
            for check in self.duplicate_checks.values()
            if not check.archived and check.source_id in {None, source.id}
        )

    @cached_property
    def live_partners(self) -> Mapping[PartnerId, Partner]:
        """The partners that are not archived."""
        return {key: one for key, one in self.partners.items() if not one.archived}

    @cached_property
    def ladder(self) -> TierLadder:
        """The return tiers that are not archived."""
        live = tuple(tier for tier in self.return_tiers.values() if not tier.archived)
        return TierLadder(live, self.settings.return_tiers_enabled)

    @cached_property
    def classifiers(self) -> Mapping[CategoryId, Classifier]:
        """What finds the lead type of a lead, by category (`product.md`, 6.2)."""
        live = [kind for kind in self.lead_types.values() if not kind.archived]
        return {
            category: classifier(kind for kind in live if kind.lead_category_id == category)
            for category in self.categories
        }
