"""What a change of something stored tells, found by what it was before (`product.md`, 21.1).

The same change tells the same facts with the same ids, however often it is looked at.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from leadflow.domain.customers import Customer
from leadflow.domain.identifiers import LeadId, TenantId, derived_identifier
from leadflow.domain.leads import Lead
from leadflow.domain.ledger import Entry
from leadflow.domain.statuses import LeadStatus
from leadflow.domain.told_facts import (
    CustomerFact,
    FactName,
    LeadFact,
    Told,
    TransactionFact,
    UserFact,
)
from leadflow.domain.users import User

_BECOMES: Mapping[LeadStatus, FactName] = {
    LeadStatus.ASSIGNED: FactName.LEAD_ASSIGNED,
    LeadStatus.UNASSIGNED: FactName.LEAD_NOT_ASSIGNED,
    LeadStatus.DUPLICATE: FactName.LEAD_DUPLICATED,
    LeadStatus.POSTED: FactName.LEAD_POSTED,
}


class Change(Protocol):
    """Something was stored; without a `before` it is new."""

    def told(self) -> Sequence[Told]:
        """The facts that the change tells, in the order in which they became true."""
        ...


@dataclass(frozen=True)
class LeadChange:
    """A lead was stored. Test leads tell nothing (7.6)."""

    tenant_id: TenantId
    before: Lead | None
    after: Lead

    def told(self) -> Sequence[Told]:
        """That it exists, unless it is Duplicate, and then what it has become."""
        if self.after.is_test:
            return ()
        return [Told(name, self._fact(name)) for name in self._names()]

    def _names(self) -> Sequence[FactName]:
        status = self.after.status
        is_new = self.before is None and status is not LeadStatus.DUPLICATE
        has_changed = self.before is None or self.before.status is not status
        became = _BECOMES.get(status) if has_changed else None
        return [*([FactName.LEAD_CREATED] if is_new else []), *([became] if became else [])]

    def _fact(self, name: FactName) -> LeadFact:
        lead, assignment = self.after, self.after.assignment
        return LeadFact(
            id=_fact_id(self.tenant_id, name, lead.id, str(lead.version)),
            tenant_id=self.tenant_id,
            at=lead.updated_at,
            lead_id=lead.id,
            version=lead.version,
            status=lead.status,
            customer_id=assignment and assignment.customer_id,
            partner_id=assignment and assignment.partner_id,
            assigned_via=assignment and assignment.assigned_via,
            scope=assignment and assignment.scope,
            charged_cents=None if assignment is None else assignment.charged_cents,
        )


@dataclass(frozen=True)
class CustomerChange:
    """A customer was stored."""

    tenant_id: TenantId
    before: Customer | None
    after: Customer

    def told(self) -> Sequence[Told]:
        """That it exists."""
        if self.before is not None:
            return ()
        name, customer = FactName.CUSTOMER_CREATED, self.after
        fact = CustomerFact(
            id=_fact_id(self.tenant_id, name, customer.id),
            tenant_id=self.tenant_id,
            at=customer.created_at,
            customer_id=customer.id,
        )
        return [Told(name, fact)]


@dataclass(frozen=True)
class EntryChange:
    """A row of the ledger was stored."""

    tenant_id: TenantId
    before: Entry | None
    after: Entry

    def told(self) -> Sequence[Told]:
        """That it is there, or has another state."""
        if self.before is not None and self.before.state is self.after.state:
            return ()
        name, entry = FactName.TRANSACTION_UPDATED, self.after
        lead_id = entry.related.get("lead_id")
        fact = TransactionFact(
            id=_fact_id(self.tenant_id, name, entry.customer_id, entry.id, entry.state),
            tenant_id=self.tenant_id,
            at=entry.created_at,
            customer_id=entry.customer_id,
            transaction_id=entry.id,
            event=entry.event,
            amount_cents=entry.signed_cents,
            state=entry.state,
            created_at=entry.created_at,
            lead_id=LeadId(lead_id) if lead_id else None,
        )
        return [Told(name, fact)]


@dataclass(frozen=True)
class UserChange:
    """A user was stored."""

    tenant_id: TenantId
    before: User | None
    after: User

    def told(self) -> Sequence[Told]:
        """That it has joined a customer."""
        name, user = FactName.CUSTOMER_USER_ATTACHED, self.after
        was = self.before and self.before.customer_id
        if user.customer_id is None or user.customer_id == was:
            return ()
        fact = UserFact(
            id=_fact_id(self.tenant_id, name, user.customer_id, user.id, str(user.version)),
            tenant_id=self.tenant_id,
            at=user.updated_at,
            customer_id=user.customer_id,
            user_id=user.id,
        )
        return [Told(name, fact)]


def _fact_id(tenant_id: TenantId, name: FactName, *parts: str) -> str:
    return derived_identifier("fact", "#".join((tenant_id, name, *parts)))
