"""Whether a customer's users may bid (`product.md`, 12.6)."""

from dataclasses import dataclass

from leadflow.application.caller_scope import CallerScope
from leadflow.application.customer_ports import Author, CustomerStore
from leadflow.domain.customers import Customer
from leadflow.domain.errors import Conflict, Refusal
from leadflow.domain.revisions import revised
from leadflow.domain.settings import BiddingSettings


class BiddingAccessRequired(Refusal):
    """The customer has not been given access to bidding, nor paid in enough to have it."""

    status, code = 403, "bidding_access_required"

    def __init__(self) -> None:
        super().__init__("The customer has no access to bidding yet.")


def has_paid_for_access(customer: Customer, bidding: BiddingSettings) -> bool:
    """Whether lifetime deposits have reached what opens bidding by itself."""
    minimum = bidding.minimum_lifetime_deposits_cents
    return minimum is not None and customer.lifetime_deposits_cents >= minimum


@dataclass(frozen=True)
class BiddingAccess:
    """The access of a caller. Tenant users always have it."""

    customers: CustomerStore
    scope: CallerScope
    bidding: BiddingSettings
    author: Author

    def require(self, customer: Customer) -> None:
        """Raise `Conflict` (`bidding_disabled`) or `BiddingAccessRequired` for those without.

        Access that deposits have opened is written down: a higher minimum does not take it back.
        """
        if not self.scope.is_customer:
            return
        if self.bidding.disabled:
            raise Conflict("Customers cannot change bids now.", code="bidding_disabled")
        if customer.can_access_bidding:
            return
        if not has_paid_for_access(customer, self.bidding):
            raise BiddingAccessRequired
        self.customers.change(self.scope.tenant_id, customer.id, self._granted, self.author)

    def _granted(self, customer: Customer) -> Customer:
        return revised(customer, self.author.at, can_access_bidding=True)
