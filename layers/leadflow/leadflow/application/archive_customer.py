"""Archive a customer, and let go of what it has on hold (`product.md`, 17.2)."""

from dataclasses import dataclass

from leadflow.application.auction_desk import CustomerReader
from leadflow.application.caller_scope import CallerScope, existing
from leadflow.application.finish_archivings import ARCHIVED_WITHIN, Archiving, Archivings
from leadflow.application.free_holds import FreeHolds
from leadflow.application.manage_customers import ManageCustomers
from leadflow.application.ports import Clock
from leadflow.application.requests import VersionCheck
from leadflow.domain.customers import Customer


@dataclass(frozen=True, kw_only=True)
class ArchiveCustomer:
    """The action with its ports."""

    customers: CustomerReader
    manage: ManageCustomers
    holds: FreeHolds
    archivings: Archivings
    clock: Clock

    def __call__(
        self, scope: CallerScope, customer_id: str, check_version: VersionCheck
    ) -> Customer:
        """Archive the customer, then cancel its buy orders; from then on it can place none.

        Repeated, it goes on with orders that are left; so does the schedule, if nobody repeats it.
        Raises what `ManageCustomers.archive` raises, and `TransientFault`.
        """
        wanted = scope.customer(customer_id)
        check_version(existing(self.customers.get(scope.tenant_id, wanted)).version)
        archiving = Archiving(scope.tenant_id, wanted)
        self.archivings.begin(archiving, self.clock.now() + ARCHIVED_WITHIN)
        archived = self.manage.archive(scope, customer_id, check_version)
        if archived.held_cents:
            self.holds.of_customer(scope.tenant_id, archived.id)
        self.archivings.end(archiving, self.clock.now())
        return archived
