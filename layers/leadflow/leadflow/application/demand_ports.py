"""Demands, and what sources offer for them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from leadflow.application.list_ports import Period, Spot
    from leadflow.application.ports import Claim
    from leadflow.domain.customers import Customer
    from leadflow.domain.demand_offers import DemandOffer
    from leadflow.domain.demands import Demand
    from leadflow.domain.flows import Flow, FlowStep
    from leadflow.domain.identifiers import (
        CategoryId,
        CustomerId,
        DemandId,
        OfferId,
        SourceId,
        TenantId,
    )
    from leadflow.domain.leads import Lead
    from leadflow.domain.ledger import Entry


class DemandWriter(Protocol):
    """New demands, many at a time."""

    def put_all(self, tenant_id: TenantId, demands: Sequence[Demand]) -> None:
        """Store demands that are not there yet; what is there stays, whatever became of it.

        So it may be repeated at any time. A part may be stored when it raises `TransientFault`.
        """
        ...


@dataclass(frozen=True, kw_only=True)
class DemandSale:
    """An accepted offer, with all that changes in the same transaction.

    Demand, offer and customer are the versions after the sale, each stored only if the stored one
    is the version before; lead, entries, flow and step are new. Plan usage counts lead and charge,
    if it is below the threshold.
    """

    demand: Demand
    offer: DemandOffer
    lead: Lead
    claims: Sequence[Claim]
    customer: Customer
    entries: Sequence[Entry]
    flow: Flow
    step: FlowStep


class Fill(StrEnum):
    """What became of a sale; nothing is stored unless it is booked.

    `MOVED_ON`: something had changed since it was read. Otherwise the first that applies.
    """

    BOOKED = "booked"
    MOVED_ON = "moved_on"
    DUPLICATE = "duplicate"
    THRESHOLD = "threshold"


class DemandStore(Protocol):
    """Demands with their offers."""

    def get(self, tenant_id: TenantId, demand_id: DemandId) -> Demand | None:
        """One demand, as of now."""
        ...

    def offer(
        self, tenant_id: TenantId, demand_id: DemandId, offer_id: OfferId
    ) -> DemandOffer | None:
        """One offer, as of now."""
        ...

    def waiting(self, tenant_id: TenantId, demand: Demand) -> Iterator[DemandOffer]:
        """Pending offers that were not tried yet, by rank, as of now, one by one."""
        ...

    def wait(self, tenant_id: TenantId, demand: Demand, offer: DemandOffer) -> bool:
        """Store a new offer that waits for the close, and that its demand has to be closed.

        False, and nothing stored, if the offer is there, or the demand has moved on.
        """
        ...

    def fill(self, tenant_id: TenantId, sale: DemandSale) -> Fill:
        """Book the sale of a new lead."""
        ...

    def refuse(self, tenant_id: TenantId, offer: DemandOffer, demand: Demand | None = None) -> bool:
        """Store an offer as refused; at the close with the next version of its demand.

        False, and nothing stored, if either has moved on.
        """
        ...

    def end(self, tenant_id: TenantId, demand: Demand) -> bool:
        """Store the last version of a demand; False, and nothing stored, if it has moved on."""
        ...

    def duplicates(self, tenant_id: TenantId, claims: Sequence[Claim]) -> bool:
        """Whether a lead has claimed one of the fingerprints since."""
        ...


@dataclass(frozen=True)
class DueDemand:
    """A demand that has closed, and has offers to be tried."""

    tenant_id: TenantId
    demand_id: DemandId


class DueDemands(Protocol):
    """Demands of all tenants in the order in which they close."""

    def due(self, until: datetime) -> Sequence[DueDemand]:
        """Demands that had to be closed by then, the longest due first; a bounded number."""
        ...


@dataclass(frozen=True)
class DemandWalk:
    """Demands of a customer, or of all (None), newest first."""

    customer_id: CustomerId | None
    period: Period


class DemandLists(Protocol):
    """Demands and offers in their orders."""

    def spots(
        self, tenant_id: TenantId, walk: DemandWalk, *, limit: int, position: str | None
    ) -> Sequence[Spot]:
        """The next demands behind a position; fewer than `limit` only at the end."""
        ...

    def open_spots(
        self,
        tenant_id: TenantId,
        category_id: CategoryId,
        now: datetime,
        *,
        limit: int,
        position: str | None,
    ) -> Sequence[Spot]:
        """The same for what closes later than now, the last to close first."""
        ...

    def many(self, tenant_id: TenantId, demand_ids: Sequence[str]) -> Mapping[str, Demand]:
        """Demands by id, as of now; unknown ones are left out."""
        ...

    def offer_spots(
        self,
        tenant_id: TenantId,
        demand_id: DemandId,
        source_id: SourceId | None,
        *,
        limit: int,
        position: str | None,
    ) -> Sequence[Spot]:
        """The next offers for a demand, of one source or of all (None), newest first."""
        ...

    def offers(
        self, tenant_id: TenantId, demand_id: DemandId, offer_ids: Sequence[str]
    ) -> Mapping[str, DemandOffer]:
        """Offers by id, as of now; unknown ones are left out."""
        ...
