"""Cancel a demand (`product.md`, 14.1)."""

from dataclasses import dataclass

from leadflow.application.caller_scope import CallerScope
from leadflow.application.demand_desk import DemandDesk
from leadflow.domain.demands import DemandStatus, demand_closed
from leadflow.domain.errors import NotFound
from leadflow.domain.identifiers import DemandId


@dataclass(frozen=True, kw_only=True)
class CancelDemand:
    """The action with its ports."""

    desk: DemandDesk

    def __call__(self, scope: CallerScope, demand_id: str) -> DemandId:
        """Cancel an open demand; offers that wait for it are Lost by that.

        Raises `NotFound` out of reach, `Conflict` (`demand_closed`) and `TransientFault`.
        """

        def once() -> DemandId:
            demand, now = self.desk.demand(scope.tenant_id, demand_id), self.desk.clock.now()
            if scope.own not in {None, demand.customer_id}:
                raise NotFound
            if not demand.is_open(self.desk.customer(scope.tenant_id, demand), now):
                raise demand_closed()
            self.desk.end(scope.tenant_id, demand.ended(DemandStatus.CANCELLED, now))
            return demand.id

        return self.desk.tried(once)
