"""News: a fact with what was read of the things that it names (`product.md`, 21.2).

What was true at the time comes from the fact; fields, names and contacts are those that are read
when it is delivered. Members without a value are left out.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from pydantic import JsonValue

from leadflow.application.merge_values import nested_lead
from leadflow.domain.customers import Customer
from leadflow.domain.leads import FieldValues
from leadflow.domain.told_facts import (
    CustomerFact,
    LeadFact,
    StatsFact,
    TransactionFact,
)
from leadflow.domain.users import User

CENTS_IN_A_DOLLAR = 100

Members: TypeAlias = dict[str, JsonValue]


@dataclass(frozen=True)
class LeadData:
    """A lead as messages tell of it; `delivered` are the values that its buyer gets."""

    values: FieldValues
    delivered: FieldValues
    lead_type: str | None
    lead_category: str
    source: str


@dataclass(frozen=True)
class LeadNews:
    """A fact of a lead, and the customer that has it."""

    fact: LeadFact
    lead: LeadData
    buyer: Customer | None = None

    @property
    def fields(self) -> FieldValues:
        """The lead's values, which stand flat beside all else."""
        return self.lead.values

    @property
    def named(self) -> FieldValues:
        """What merge fields may name beside the default members (16.2)."""
        lead_type = {"lead_type": self.lead.lead_type} if self.lead.lead_type else {}
        return {"lead_category": self.lead.lead_category, "source": self.lead.source, **lead_type}

    @property
    def members(self) -> Members:
        """The default members."""
        fact = self.fact
        members: Members = {
            "lead_public_id": fact.lead_id,
            "lead": nested_lead(self.lead.values, self.lead.lead_type),
            "deliverable_fields": {**self.lead.delivered},
            "status": fact.status.value,
            "scope": fact.scope,
            "charged_amount_cents": fact.charged_cents,
            "buyer": _present({"customer_public_id": fact.customer_id, **_contacts(self.buyer)}),
            "partner_public_id": fact.partner_id,
        }
        return _present(members)


@dataclass(frozen=True)
class _NewsWithoutLead:
    """Has no fields of a lead."""

    @property
    def fields(self) -> FieldValues:
        """None."""
        return {}

    @property
    def named(self) -> FieldValues:
        """Nothing."""
        return {}


@dataclass(frozen=True)
class CustomerNews(_NewsWithoutLead):
    """A fact of a customer, and the user that has joined it."""

    fact: CustomerFact
    customer: Customer
    user: User | None = None

    @property
    def members(self) -> Members:
        """The default members."""
        user = self.user
        return _present(
            {
                "customer_public_id": self.customer.id,
                "customer": _present(_contacts(self.customer)),
                "user": _present({"name": user.name, "email": user.email}) if user else None,
            }
        )


@dataclass(frozen=True)
class TransactionNews(_NewsWithoutLead):
    """A fact of a ledger's row."""

    fact: TransactionFact

    @property
    def members(self) -> Members:
        """The default members."""
        fact = self.fact
        return _present(
            {
                "customer_public_id": fact.customer_id,
                "transaction_id": fact.transaction_id,
                "amount": fact.amount_cents / CENTS_IN_A_DOLLAR,
                "amount_cents": fact.amount_cents,
                "event": fact.event.value,
                "state": fact.state.value,
                "lead_public_id": fact.lead_id,
                "created_at": moment(fact.created_at),
            }
        )


@dataclass(frozen=True)
class StatsNews(_NewsWithoutLead):
    """Statistics, and what lead types are called, by id."""

    fact: StatsFact
    lead_types: Mapping[str, str]

    @property
    def members(self) -> Members:
        """The default members."""
        return {"since": moment(self.fact.since), "stats": list(self._rows())}

    def _rows(self) -> Iterator[JsonValue]:
        for row in self.fact.rows:
            named = {"lead_type": self.lead_types.get(row.lead_type_id)}
            yield _present({**row.model_dump(mode="json"), **named})


News = LeadNews | CustomerNews | TransactionNews | StatsNews


def moment(at: datetime) -> str:
    """A moment as messages spell it."""
    return at.isoformat().replace("+00:00", "Z")


def _contacts(customer: Customer | None) -> Members:
    if customer is None:
        return {}
    return {name: getattr(customer, name) for name in ("name", "email", "phone", "address")}


def _present(members: Members) -> Members:
    return {name: one for name, one in members.items() if one is not None and one != {}}
