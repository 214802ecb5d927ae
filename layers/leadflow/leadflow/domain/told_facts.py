"""What is told on the bus: one fact for each thing that has happened (`product.md`, 21.1).

A fact has ids, amounts and what was true at `at`; never contact data, for it lies in queues. What
it does not say is read by its ids when it is delivered, and may have changed by then.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Annotated, NamedTuple

from pydantic import Field as Bound

from leadflow.domain.assignments import AssignedVia
from leadflow.domain.geography import Country
from leadflow.domain.identifiers import (
    CustomerId,
    LeadId,
    LeadTypeId,
    PartnerId,
    TenantId,
    TransactionId,
    UserId,
)
from leadflow.domain.ledger import LedgerEvent, TransactionState
from leadflow.domain.model import Frozen
from leadflow.domain.money import Cents, PositiveCents
from leadflow.domain.scopes import Scope
from leadflow.domain.statuses import LeadStatus

STATS_ROWS_MAX = 500
"""Rows of one fact: at most 200 KB, for bus and queue take 256."""


class FactName(StrEnum):
    """The facts that webhooks can ask for, by their codes."""

    CUSTOMER_CREATED = "customer.created"
    LEAD_CREATED = "lead.created"
    LEAD_ASSIGNED = "lead.assigned"
    LEAD_NOT_ASSIGNED = "lead.not_assigned"
    LEAD_DUPLICATED = "lead.duplicated"
    LEAD_POSTED = "lead.posted"
    TRANSACTION_UPDATED = "transaction.updated"
    CUSTOMER_USER_ATTACHED = "customer.user_attached"
    STATE_LEAD_TYPE_STATS_UPDATED = "state_lead_type_stats.updated"


class Fact(Frozen):
    """Something that has happened. A fact that is told again has the same `id`."""

    id: str


class TenantFact(Fact):
    """A fact of one tenant; `at` is when it happened."""

    tenant_id: TenantId
    at: datetime


class LeadFact(TenantFact):
    """A lead as it was in one version; never a test lead (`product.md`, 7.6).

    `customer_id` or `partner_id` is who has it; with the direct post neither. All members are those
    of that version, but for fields, lead type and people, which are read when it is delivered.
    """

    lead_id: LeadId
    version: int
    status: LeadStatus
    customer_id: CustomerId | None = None
    partner_id: PartnerId | None = None
    assigned_via: AssignedVia | None = None
    scope: Scope | None = None
    charged_cents: Cents | None = None


class CustomerFact(TenantFact):
    """A customer exists."""

    customer_id: CustomerId


class UserFact(CustomerFact):
    """A user has joined a customer."""

    user_id: UserId


class TransactionFact(CustomerFact):
    """A row of a customer's ledger, `amount_cents` signed as the wallet sees it."""

    transaction_id: TransactionId
    event: LedgerEvent
    amount_cents: int
    state: TransactionState
    created_at: datetime
    lead_id: LeadId | None = None


class StateLeadTypeStats(Frozen):
    """Leads of one type in one state, and the bids on them; no price without an assigned lead.

    Leads are counted in the fact's period, bids when it was told.
    """

    country: Country
    state: str
    lead_type_id: LeadTypeId
    active_bids: int
    top_bid_cents: PositiveCents | None = None
    leads_received: int
    leads_assigned: int
    lowest_price_cents: Cents | None = None
    highest_price_cents: Cents | None = None
    average_price_cents: Cents | None = None


class StatsFact(TenantFact):
    """Statistics of leads from `since` until `at`; further rows are in facts of their own."""

    since: datetime
    rows: Annotated[tuple[StateLeadTypeStats, ...], Bound(max_length=STATS_ROWS_MAX)]


ToldFact = LeadFact | CustomerFact | StatsFact
"""A fact that webhooks can ask for; those of users and transactions are facts of customers."""


class Told(NamedTuple):
    """A fact by its name, such as `subscription.usage_level_reached`."""

    name: str
    fact: Fact


KINDS: Mapping[FactName, type[ToldFact]] = {
    FactName.CUSTOMER_CREATED: CustomerFact,
    FactName.LEAD_CREATED: LeadFact,
    FactName.LEAD_ASSIGNED: LeadFact,
    FactName.LEAD_NOT_ASSIGNED: LeadFact,
    FactName.LEAD_DUPLICATED: LeadFact,
    FactName.LEAD_POSTED: LeadFact,
    FactName.TRANSACTION_UPDATED: TransactionFact,
    FactName.CUSTOMER_USER_ATTACHED: UserFact,
    FactName.STATE_LEAD_TYPE_STATS_UPDATED: StatsFact,
}
"""What each fact carries: the `detail` of the event whose `detail-type` is its name."""
