"""What every action on a demand does: find it with its customer, and try while it is contended."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from leadflow.application.auction_desk import CustomerReader
from leadflow.application.contention import Overtaken, until_done
from leadflow.application.demand_ports import DemandStore
from leadflow.application.ports import Clock, ConfigurationReader
from leadflow.domain.customers import Customer
from leadflow.domain.demands import Demand
from leadflow.domain.errors import CorruptState, NotFound
from leadflow.domain.identifiers import DemandId, TenantId, is_identifier

TRIES_MAX = 60
"""Tries of one action while others keep changing the same demand or wallet."""
_WAIT_SECONDS_MAX = 0.3

Done = TypeVar("Done")


@dataclass(frozen=True, kw_only=True)
class DemandDesk:
    """The ports that these actions share."""

    configuration: ConfigurationReader
    demands: DemandStore
    customers: CustomerReader
    clock: Clock

    def tried(self, attempt: Callable[[], Done]) -> Done:
        """Try until nobody is in the way. Raises `TransientFault` when somebody always was."""
        return until_done(attempt, tries=TRIES_MAX, wait_seconds_max=_WAIT_SECONDS_MAX)

    def demand(self, tenant_id: TenantId, demand_id: str) -> Demand:
        """A demand by the id that a caller wrote. Raises `NotFound`."""
        known = is_identifier("demand", demand_id)
        demand = self.demands.get(tenant_id, DemandId(demand_id)) if known else None
        if demand is None:
            raise NotFound
        return demand

    def customer(self, tenant_id: TenantId, demand: Demand) -> Customer:
        """Whose demand it is. Raises `CorruptState`: customers are never deleted."""
        customer = self.customers.get(tenant_id, demand.customer_id)
        if customer is None:
            raise CorruptState("The customer of a demand is missing.")
        return customer

    def end(self, tenant_id: TenantId, demand: Demand) -> None:
        """Store the last version of a demand. Raises `Overtaken`."""
        if not self.demands.end(tenant_id, demand):
            raise Overtaken("The demand kept changing.")
