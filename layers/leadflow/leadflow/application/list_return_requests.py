"""List and show return requests (`product.md`, 20.1; `api.md`, 4)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from leadflow.application.caller_scope import CallerScope
from leadflow.application.list_filters import identifier
from leadflow.application.list_pages import Listing, period_of
from leadflow.application.list_ports import Spot
from leadflow.application.ports import Clock, ConfigurationReader, Page, Window
from leadflow.application.return_ports import ReturnRequestLists, ReturnWalk
from leadflow.domain.model import Frozen
from leadflow.domain.returns import ReturnRequest, ReturnStatus


class ReturnRequestFilters(Frozen):
    """Which requests are wanted; what is left out does not restrict."""

    status: ReturnStatus | None = None
    customer_id: Annotated[str, identifier("cus")] | None = None


@dataclass(frozen=True, kw_only=True)
class ListReturnRequests:
    """The action with its ports."""

    configuration: ConfigurationReader
    lists: ReturnRequestLists
    clock: Clock

    def __call__(
        self, scope: CallerScope, filters: ReturnRequestFilters, window: Window
    ) -> Page[ReturnRequest]:
        """A page of requests, newest first; customers see those of their own leads.

        Raises `NotFound` for a customer out of reach.
        """
        wanted = filters.customer_id or scope.own
        owner = None if wanted is None else scope.customer(wanted)
        configuration = self.configuration.current(scope.tenant_id)
        period = period_of(configuration, self.clock.now(), None, None)
        walk = ReturnWalk(owner, filters.status, period)

        def spots(*, limit: int, position: str | None) -> Sequence[Spot]:
            return self.lists.spots(scope.tenant_id, walk, limit=limit, position=position)

        listing = Listing(
            spots=spots,
            fetch=lambda ids: self.lists.many(scope.tenant_id, ids),
            keep=lambda one: filters.status in {None, one.status},
            characters=lambda one: len(one.note or ""),
            is_narrow=owner is not None and filters.status is not None,
        )
        return listing.page(window)
