"""Demands and offers over HTTP (`api.md`, 5)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar, Literal

from leadflow.application.browse_demands import Audience
from leadflow.domain.decisions import Outcome
from leadflow.domain.demand_offers import OfferStatus
from leadflow.domain.demands import DemandStatus
from leadflow.runtime.representations.sparse import Sparse

if TYPE_CHECKING:
    from leadflow.application.browse_demands import DemandView
    from leadflow.application.offer_on_demand import OfferView


class DemandBody(Sparse):
    """A demand; who asks for it, and since when, is no matter of sources."""

    optional: ClassVar[frozenset[str]] = frozenset({"customer_id", "import_id", "created_at"})

    object: Literal["demand"] = "demand"
    id: str
    customer_id: str | None
    import_id: str | None
    lead_category_id: str
    lead_type_id: str
    criteria: Mapping[str, str | int | float | bool]
    ceiling_cents: int
    instant_price_cents: int
    created_at: datetime | None
    closes_at: datetime
    status: DemandStatus


class OfferBody(Sparse):
    """An offer; the price is what its source asks for."""

    optional: ClassVar[frozenset[str]] = frozenset({"lead_public_id"})

    object: Literal["offer"] = "offer"
    id: str
    demand_id: str
    status: OfferStatus
    reason: Outcome | None
    price_cents: int
    lead_public_id: str | None
    created_at: datetime


class TenantOfferBody(OfferBody):
    """An offer for the tenant, who sees whose it is."""

    source_id: str


def demand_body(view: DemandView) -> DemandBody:
    """The body of a demand, as much of it as its audience may see."""
    demand, is_tenant = view.demand, view.audience is Audience.TENANT
    return DemandBody(
        id=demand.id,
        customer_id=demand.customer_id if is_tenant else None,
        import_id=demand.import_id if is_tenant else None,
        lead_category_id=demand.lead_category_id,
        lead_type_id=demand.lead_type_id,
        criteria=demand.criteria,
        ceiling_cents=demand.ceiling_cents,
        instant_price_cents=demand.instant_price_cents,
        created_at=None if view.audience is Audience.SOURCE else demand.created_at,
        closes_at=demand.closes_at,
        status=view.status,
    )


def offer_body(view: OfferView) -> OfferBody:
    """The body of an offer for its source."""
    return OfferBody.model_validate(_members(view))


def tenant_offer_body(view: OfferView) -> TenantOfferBody:
    """The body of an offer for the tenant."""
    return TenantOfferBody.model_validate({**_members(view), "source_id": view.offer.source_id})


def _members(view: OfferView) -> dict[str, object]:
    offer = view.offer
    return {
        "id": offer.id,
        "demand_id": offer.demand_id,
        "status": view.status,
        "reason": offer.reason,
        "price_cents": offer.price_cents,
        "lead_public_id": offer.lead_id,
        "created_at": offer.received_at,
    }
