"""Order that every customer's return tier is found again (`product.md`, 20.2; `api.md`, 6)."""

from dataclasses import dataclass

from leadflow.application.caller_scope import CallerScope
from leadflow.application.job_orders import JobOrders
from leadflow.application.ports import Clock, IdFactory
from leadflow.domain.errors import ValidationFailed
from leadflow.domain.identifiers import JobId, UserId
from leadflow.domain.jobs import Job, JobKind
from leadflow.domain.model import Request

UPDATE_RETURN_TIERS = "return-tiers.update"


class RecalculationOrder(Request):
    """The body of `POST /return-tiers/recalculate`."""

    confirm: bool = False


@dataclass(frozen=True, kw_only=True)
class RecalculateReturnTiers:
    """The action with its ports."""

    orders: JobOrders
    clock: Clock
    ids: IdFactory

    def __call__(
        self, scope: CallerScope, order: RecalculationOrder, repeat: str | None = None
    ) -> Job:
        """Begin it, beside any that still runs: both find the same tiers.

        `repeat` names the request if it may come again. Raises `ValidationFailed` (`confirm`) and
        what `JobOrders.place` raises.
        """
        if not order.confirm:
            message = "This may move every customer to another tier: confirm it with true."
            raise ValidationFailed({"confirm": [message]})
        job = Job(
            id=JobId(self.ids.new("job")),
            kind=JobKind.RETURN_TIER_RECALCULATION,
            owner=UserId(scope.actor),
            wish={},
            created_at=self.clock.now(),
        )
        return self.orders.place(scope.tenant_id, job, repeat)
