"""Customers and wallets over HTTP (`api.md`, 5 and 8)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Literal

from leadflow.domain.customers import CustomerStatus, CustomerStatuses
from leadflow.domain.limits import Budgets, LeadCaps
from leadflow.domain.model import Frozen

if TYPE_CHECKING:
    from leadflow.application.bid_standing import CustomerView
    from leadflow.application.manage_wallets import Wallet


class TierBody(Frozen):
    """The return tier that a customer is in."""

    id: str
    name: str


class CustomerBody(Frozen):
    """A customer; `return_rate` is in percent."""

    object: Literal["customer"] = "customer"
    id: str
    customer_number: int
    name: str
    email: str
    phone: str | None
    address: str | None
    country: str | None
    paused: bool
    lead_caps: LeadCaps
    budgets_cents: Budgets
    can_access_bidding: bool
    ignore_return_tiers: bool
    status: CustomerStatus
    statuses: CustomerStatuses
    return_rate: float
    return_tier: TierBody | None
    version: int
    created_at: datetime
    updated_at: datetime


class WalletBody(Frozen):
    """What a customer has, what is set aside, and what is left to spend."""

    object: Literal["wallet"] = "wallet"
    customer_id: str
    balance_cents: int
    held_cents: int
    spendable_cents: int
    currency: str


def customer_body(view: CustomerView) -> CustomerBody:
    """The body of a customer."""
    customer = view.customer
    return CustomerBody(
        id=customer.id,
        customer_number=customer.number,
        name=customer.name,
        email=customer.email,
        phone=customer.phone,
        address=customer.address,
        country=customer.country,
        paused=customer.paused,
        lead_caps=customer.lead_caps,
        budgets_cents=customer.budgets_cents,
        can_access_bidding=customer.can_access_bidding,
        ignore_return_tiers=customer.ignore_return_tiers,
        status=view.statuses.display,
        statuses=view.statuses,
        return_rate=float(customer.return_rate),
        return_tier=TierBody(id=view.tier.id, name=view.tier.name) if view.tier else None,
        version=customer.version,
        created_at=customer.created_at,
        updated_at=customer.updated_at,
    )


def wallet_body(wallet: Wallet) -> WalletBody:
    """The body of a wallet."""
    return WalletBody(
        customer_id=wallet.customer.id,
        balance_cents=wallet.customer.balance_cents,
        held_cents=wallet.customer.held_cents,
        spendable_cents=wallet.customer.spendable_cents,
        currency=wallet.currency,
    )
