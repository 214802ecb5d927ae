"""One tenant's whole trade in memory: leads with claims, wallets, bids, ledger, all conditional."""

from collections.abc import Callable
from dataclasses import dataclass, field

from leadflow.application.lead_ports import Deletion
from leadflow.application.ports import Claim, Intake, Refused, Sale
from leadflow.domain.customers import Customer
from leadflow.domain.errors import CorruptState, NotFound
from leadflow.domain.identifiers import CustomerId, LeadId, TenantId, TransactionId
from leadflow.domain.leads import Lead
from leadflow.domain.ledger import Entry, Posting
from leadflow.domain.plan_usage import sold_for
from tests.fakes.leads import MemoryLeads
from tests.fakes.returns import MemoryReturns


@dataclass
class ClaimingLeads(MemoryLeads):
    """Leads whose fingerprints are claimed, as the store claims them; a deleted one's are free."""

    claims: dict[tuple[str, str], Lead] = field(default_factory=dict)
    ids: set[LeadId] = field(default_factory=set)

    def accept(self, tenant_id: TenantId, intake: Intake) -> frozenset[str]:
        taken = frozenset(one.check_id for one in intake.claims if self._is_taken(one))
        if taken:
            return taken
        if intake.lead.id in self.ids:
            raise CorruptState("A new lead's identifier was taken.")
        refused = super().accept(tenant_id, intake)
        if not refused:
            self.ids.add(intake.lead.id)
            claimed = {(one.check_id, one.fingerprint): intake.lead for one in intake.claims}
            self.claims |= claimed
        return refused

    def delete(self, tenant_id: TenantId, deletion: Deletion) -> bool:
        is_deleted = super().delete(tenant_id, deletion)
        if is_deleted:
            lead_id = deletion.lead.id
            self.claims = {key: one for key, one in self.claims.items() if one.id != lead_id}
        return is_deleted

    def _is_taken(self, claim: Claim) -> bool:
        holder = self.claims.get((claim.check_id, claim.fingerprint))
        return holder is not None and holder.received_at > claim.since


@dataclass
class MemoryTrade(MemoryReturns):
    """Implements `Sales`, `Wallets` and the reading part of `CustomerStore` as well."""

    def sell(self, tenant_id: TenantId, sale: Sale) -> frozenset[Refused]:
        customer, bid, entry = sale.customer, sale.bid, sale.entry
        bids = {one.id: one for one in self.bids.bids}
        money = {
            Refused.CUSTOMER: not customer
            or self.customers.stored[customer.id].version == customer.version - 1,
            Refused.BID: not bid or bids[bid.id].version == bid.version - 1,
            Refused.ENTRY: not entry or entry.id not in {one.id for one in self.entries},
        }
        refused = frozenset(what for what, holds in money.items() if not holds)
        refused = refused or self.leads.advance(tenant_id, sale.lead, sale.step, sale.rotation)
        if refused:
            return refused
        self.customers.stored |= {customer.id: customer} if customer else {}
        self.bids.bids = list((bids | ({bid.id: bid} if bid else {})).values())
        self.entries += [entry] if entry else []
        cents = sale.lead.assignment.charged_cents if sale.lead.assignment else 0
        if cents:
            self.leads.usage.draws(sold_for(cents), sale.lead.id, sale.ending.ended_at)
        return frozenset()


@dataclass
class MemoryPurses:
    """Implements `Wallets` and `CustomerStore.get` over the customers of a trade."""

    trade: MemoryTrade

    def get(self, _tenant_id: TenantId, customer_id: CustomerId) -> Customer | None:
        return self.trade.customers.stored.get(customer_id)

    def move(
        self, _tenant_id: TenantId, customer_id: CustomerId, post: Callable[[Customer], Posting]
    ) -> Entry:
        before = self.trade.customers.stored.get(customer_id)
        if before is None:
            raise NotFound
        posting = post(before)
        booked = self.entry(_tenant_id, customer_id, posting.entry.id)
        if booked is None:
            self.trade.customers.stored[customer_id] = posting.customer
            self.trade.entries.append(posting.entry)
        return booked or posting.entry

    def entry(
        self, _tenant_id: TenantId, customer_id: CustomerId, transaction_id: TransactionId
    ) -> Entry | None:
        wanted = customer_id, transaction_id
        return next(
            (one for one in self.trade.entries if (one.customer_id, one.id) == wanted), None
        )
