"""Close the demands that are due: the cheapest offer that can be had (`product.md`, 14.2, 15.10).

A demand remembers the last offer that was refused at its close, so that whoever goes on after a
crash goes on behind it. Demands without offers need nobody: they are Unfilled by the clock.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial

from leadflow.application.contention import Overtaken
from leadflow.application.demand_desk import DemandDesk
from leadflow.application.demand_ports import DueDemand, DueDemands
from leadflow.application.offer_acceptance import OfferAcceptance
from leadflow.domain.customers import Customer
from leadflow.domain.decisions import Outcome
from leadflow.domain.demand_offers import DemandOffer
from leadflow.domain.demands import Demand, DemandStatus
from leadflow.domain.errors import Fault
from leadflow.domain.identifiers import TenantId

OFFERS_MAX = 100
"""Offers for one demand that one call tries; the next call goes on."""


class Closing(StrEnum):
    """What came of a due demand; `left`: it could not be finished, the next call goes on."""

    FILLED = "filled"
    UNFILLED = "unfilled"
    CANCELLED = "cancelled"
    TRIED = "tried"
    NOTHING = "nothing"
    LEFT = "left"


@dataclass(frozen=True, kw_only=True)
class CloseDemands:
    """The action with its ports."""

    desk: DemandDesk
    acceptance: OfferAcceptance
    demands: DueDemands

    def due(self) -> Sequence[DueDemand]:
        """The demands that have to be closed now, the longest due first."""
        return self.demands.due(self.desk.clock.now())

    def __call__(self, due: DueDemand) -> Closing:
        """Try the offers for one demand until one is accepted or none is left.

        Each is one step that may be repeated, by several callers at once. Whatever is wrong with
        one demand is no matter for the others.
        """
        try:
            steps = (self.desk.tried(partial(self._once, due)) for _ in range(OFFERS_MAX + 1))
            return next((one for one in steps if one is not Closing.TRIED), Closing.LEFT)
        except Fault:
            return Closing.LEFT

    def _once(self, due: DueDemand) -> Closing:
        tenant_id, now = due.tenant_id, self.desk.clock.now()
        demand = self.desk.demands.get(tenant_id, due.demand_id)
        if demand is None or demand.status is not DemandStatus.OPEN or now < demand.closes_at:
            return Closing.NOTHING
        customer = self.desk.customer(tenant_id, demand)
        if demand.status_at(customer, now) is DemandStatus.CANCELLED:
            return self._ended(tenant_id, demand, DemandStatus.CANCELLED)
        offer = next(self.desk.demands.waiting(tenant_id, demand), None)
        if offer is None:
            return self._ended(tenant_id, demand, DemandStatus.UNFILLED)
        return self._tried(tenant_id, demand, customer, offer)

    def _tried(
        self, tenant_id: TenantId, demand: Demand, customer: Customer, offer: DemandOffer
    ) -> Closing:
        decided = self.acceptance(tenant_id, demand, customer, offer)
        if not isinstance(decided, Outcome):
            return Closing.FILLED
        refused, tried = offer.refused(decided), demand.tried(offer.rank)
        if not self.desk.demands.refuse(tenant_id, refused, tried):
            raise Overtaken("The demand kept changing.")
        return Closing.TRIED

    def _ended(self, tenant_id: TenantId, demand: Demand, status: DemandStatus) -> Closing:
        self.desk.end(tenant_id, demand.ended(status, self.desk.clock.now()))
        return Closing(status)
