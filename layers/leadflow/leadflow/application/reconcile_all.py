"""Finish what crashes left, of all tenants, in the time of one call (`product.md`, 15.10)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from leadflow.application.operation_ports import Bookmarks, Tenants
from leadflow.application.ports import Clock
from leadflow.application.reconcile import STUCK_AFTER, Handled, Handling, Reconcile
from leadflow.domain.identifiers import TenantId

CALL_LASTS = timedelta(seconds=90)
"""Nothing is begun later in a call; the next one goes on behind the tenant at which it stopped."""

BOOKMARK = "reconcile"


@dataclass(frozen=True)
class Done:
    """What was done for a tenant. No lead: the tenant itself could not be looked at."""

    tenant_id: TenantId
    handled: Handled | None = None
    fault: str | None = None

    @property
    def handling(self) -> Handling:
        """What was done."""
        return self.handled.handling if self.handled else Handling.LEFT


@dataclass(frozen=True, kw_only=True)
class ReconcileAll:
    """The action with its ports."""

    tenants: Tenants
    bookmarks: Bookmarks
    reconcile: Reconcile
    clock: Clock

    def __call__(self, *, idle: timedelta = STUCK_AFTER) -> Iterator[Done]:
        """Work through all tenants, beginning behind the one where the last call stopped.

        Two calls at once do the same twice, which changes nothing. What is wrong with one tenant is
        no matter for the others, not even if it ends the process.
        """
        until = self.clock.now() + CALL_LASTS
        last = self.bookmarks.get(BOOKMARK)
        for tenant_id in _behind(last, self.tenants.tenants()):
            for number, done in enumerate(self._of_tenant(tenant_id, idle)):
                if number == 0:
                    self.bookmarks.put(BOOKMARK, tenant_id)
                yield done
                if self.clock.now() >= until:
                    return
            if self.clock.now() >= until:
                self.bookmarks.put(BOOKMARK, tenant_id)
                return

    def _of_tenant(self, tenant_id: TenantId, idle: timedelta) -> Iterator[Done]:
        try:
            for handled in self.reconcile(tenant_id, idle=idle):
                yield Done(tenant_id, handled, handled.fault)
        except Exception as error:
            yield Done(tenant_id, fault=type(error).__name__)


def _behind(last: str | None, tenants: Sequence[TenantId]) -> Sequence[TenantId]:
    """All tenants in their order, from the one behind another one on; that one comes last."""
    in_order = sorted(tenants)
    behind = [one for one in in_order if last is None or one > last]
    return [*behind, *in_order[: len(in_order) - len(behind)]]
