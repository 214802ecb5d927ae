"""Finish what the archiving of a customer left on hold when it broke off (`product.md`, 17.2)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from leadflow.application.auction_desk import CustomerReader
from leadflow.application.free_holds import FreeHolds
from leadflow.application.ports import Clock
from leadflow.domain.errors import Fault
from leadflow.domain.identifiers import CustomerId, TenantId

ARCHIVED_WITHIN = timedelta(minutes=2)
"""How long whoever archives a customer has to cancel its orders: longer than a request lasts."""


@dataclass(frozen=True)
class Archiving:
    """A customer that somebody began to archive."""

    tenant_id: TenantId
    customer_id: CustomerId


class Archivings(Protocol):
    """Which customers are being archived."""

    def begin(self, archiving: Archiving, due_at: datetime) -> None:
        """Note it before anything is done; it is due if it is not ended by then."""
        ...

    def end(self, archiving: Archiving, now: datetime) -> None:
        """Note that nothing is left to do."""
        ...

    def due(self, until: datetime) -> Sequence[Archiving]:
        """What was due at a moment, of all tenants, the longest due first; a bounded number."""
        ...


class Archived(StrEnum):
    """What was done about it; `left`: it could not be finished, the next call tries again."""

    CANCELED = "canceled"
    NOTHING = "nothing"
    LEFT = "left"


@dataclass(frozen=True, kw_only=True)
class FinishArchivings:
    """The action with its ports."""

    archivings: Archivings
    customers: CustomerReader
    holds: FreeHolds
    clock: Clock

    def due(self) -> Sequence[Archiving]:
        """The archivings that broke off."""
        return self.archivings.due(self.clock.now())

    def __call__(self, archiving: Archiving) -> Archived:
        """Cancel the orders of a customer that is archived; one that is not keeps them."""
        try:
            customer = self.customers.get(archiving.tenant_id, archiving.customer_id)
            is_holding = customer is not None and customer.archived and customer.held_cents > 0
            if is_holding:
                self.holds.of_customer(archiving.tenant_id, archiving.customer_id)
            self.archivings.end(archiving, self.clock.now())
        except Fault:
            return Archived.LEFT
        return Archived.CANCELED if is_holding else Archived.NOTHING
