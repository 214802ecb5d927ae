"""A tenant with bids on file, straight in the tables, and leads posted to it."""

import itertools
import json
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends
from pynamodb.models import Model

from leadflow.adapters.dynamodb.bids import bid_item
from leadflow.adapters.dynamodb.customers import customer_item, guard_key, wallet_key
from leadflow.adapters.dynamodb.wallet_items import BidGuardItem
from leadflow.application.configuration_ports import Change, Founding, ResourceKind
from leadflow.domain.bids import Bid
from leadflow.domain.configuration import LeadCategory
from leadflow.domain.customers import Customer
from leadflow.domain.duplicates import DuplicateCheck
from leadflow.domain.fields import basic_fields
from leadflow.domain.identifiers import (
    BidId,
    CategoryId,
    CustomerId,
    LeadTypeId,
    SourceId,
    StageId,
    TenantId,
    UserId,
)
from leadflow.domain.lead_types import LeadType
from leadflow.domain.model import Frozen
from leadflow.domain.plans import HighestPriceStage, Plan
from leadflow.domain.principals import Role, SourcePrincipal
from leadflow.domain.scopes import BiddingScope, Scope
from leadflow.domain.settings import Tenant, TenantSettings
from leadflow.domain.sources import Source, SourceType
from leadflow.domain.users import User
from leadflow.runtime import container
from tests.infrastructure.template import ROOT
from tests.usage_shares import grant_shares

REGION = "us-east-1"
SEED = 20260311
MINIMUM_CENTS, MAXIMUM_CENTS, STEP_CENTS = 1_000, 20_000, 100
FUNDS_CENTS = 10_000_000
UNFUNDED_SHARE = 0.1
"""Share of customers without money: their bids are read, and blocked."""

_DIGITS = "0123456789abcdefghjkmnpqrstvwxyz"
_RANDOM_DIGITS = 23
_NOW = datetime(2026, 3, 11, 12, tzinfo=UTC)
_BORN = {"created_at": _NOW, "updated_at": _NOW}
_numbers = itertools.count(1)


@dataclass
class Market:
    """One tenant with one category, type, source and Highest Price stage.

    All bids are where every lead is, the hardest place: a third each for its county, its state and
    the nation.
    """

    tenant_id: TenantId = field(default_factory=lambda: TenantId(_id("tenant")))
    category_id: CategoryId = field(default_factory=lambda: CategoryId(_id("category")))
    lead_type_id: LeadTypeId = field(default_factory=lambda: LeadTypeId(_id("type")))
    source_id: SourceId = field(default_factory=lambda: SourceId(_id("source")))
    source_type: SourceType = SourceType.INTERNAL

    def open(self) -> "Market":
        """Store the tenant and its configuration."""
        user = User(
            id=UserId(_id("user")),
            email="a@example.com",
            role=Role.ADMIN,
            token_hash=_id("hash"),
            **_BORN,
        )
        changes = [Change(kind, key, None, after) for kind, key, after in self._configured()]
        container.configuration().found(self.tenant_id, Founding(changes, user, ()))
        grant_shares(self.tenant_id)
        return self

    def _configured(self) -> Iterator[tuple[ResourceKind, str, Frozen]]:
        tenant = Tenant(id=self.tenant_id, name="Bench", cursor_key="0" * 43, created_at=_NOW)
        yield ResourceKind.TENANT, self.tenant_id, tenant
        yield ResourceKind.SETTINGS, "settings", TenantSettings(default_consent_name="Bench")
        stage = HighestPriceStage(id=StageId(_id("stage")), name="Bids")
        plan = Plan(version=1, stages=(stage,), created_at=_NOW)
        yield ResourceKind.PLAN, "plan", plan
        yield ResourceKind.CATEGORY, self.category_id, self._category()
        yield ResourceKind.LEAD_TYPE, self.lead_type_id, self._lead_type()
        yield ResourceKind.SOURCE, self.source_id, self._source()
        check = DuplicateCheck(id=_id("dup"), fields=("email",), days=30, **_BORN)
        yield ResourceKind.DUPLICATE_CHECK, check.id, check

    def _category(self) -> LeadCategory:
        return LeadCategory(id=self.category_id, name="Homes", fields=basic_fields(), **_BORN)

    def _lead_type(self) -> LeadType:
        scopes = tuple(
            BiddingScope(
                scope=scope,
                minimum_cents=MINIMUM_CENTS,
                maximum_cents=MAXIMUM_CENTS,
                step_cents=STEP_CENTS,
            )
            for scope in Scope
        )
        return LeadType(
            id=self.lead_type_id,
            name="Standard",
            lead_category_id=self.category_id,
            fallback=True,
            bidding_scopes=scopes,
            **_BORN,
        )

    def _source(self) -> Source:
        return Source(
            id=self.source_id,
            name="Forms",
            lead_category_id=self.category_id,
            type=self.source_type,
            **_BORN,
        )

    def fill(self, bids: int) -> None:
        """Put so many bids on file, one of each scope for each customer."""
        chance = random.Random(SEED)  # noqa: S311 # the same market in every run, no secret
        scopes = tuple(Scope)
        for number in range(bids):
            if number % len(scopes) == 0:
                customer = a_customer(number // len(scopes) + 1, chance)
                store(customer_item(self.tenant_id, customer))
            self._store_bid(_bid(customer, scopes[number % len(scopes)], self, chance))

    def _store_bid(self, bid: Bid) -> None:
        store(bid_item(self.tenant_id, bid))
        key = guard_key(bid.lead_type_id, bid.location_key)
        store(
            BidGuardItem(
                wallet_key(self.tenant_id, bid.customer_id),
                key,
                bid_id=bid.id,
                amount_cents=bid.amount_cents,
            )
        )

    def event(self, email: str | None = None) -> dict[str, Any]:
        """A `POST /leads` as API Gateway hands it over, its caller known already."""
        return self._called("submit_lead/post", email=email or f"lead{next(_numbers)}@example.com")

    def ping_event(self) -> dict[str, Any]:
        """A `POST /ping` of the same source."""
        return self._called("receive_ping/ping", email=f"lead{next(_numbers)}@example.com")

    def _called(self, name: str, **members: str) -> dict[str, Any]:
        event: dict[str, Any] = json.loads((ROOT / f"events/{name}.json").read_text())
        caller = SourcePrincipal(tenant_id=self.tenant_id, source_id=self.source_id)
        event["requestContext"]["authorizer"] = {
            "principal": caller.model_dump_json(),
            "caller": caller.caller,
        }
        return event | {"body": json.dumps(json.loads(event["body"]) | members)}


def context() -> SimpleNamespace:
    """What Lambda says of an invocation."""
    return SimpleNamespace(
        function_name="submit_lead",
        memory_limit_in_mb=512,
        invoked_function_arn="arn:aws:lambda:us-east-1:123456789012:function:submit_lead",
        aws_request_id=_id("request"),
        get_remaining_time_in_millis=lambda: 29_000,
    )


def a_customer(number: int, chance: random.Random) -> Customer:
    """One of the market; a tenth has no money."""
    return Customer(
        id=CustomerId(_id("cus")),
        number=number,
        name=f"Buyer {number}",
        email=f"buyer{number}@example.com",
        balance_cents=0 if chance.random() < UNFUNDED_SHARE else FUNDS_CENTS,
        **_BORN,
    )


def _bid(customer: Customer, scope: Scope, market: Market, chance: random.Random) -> Bid:
    return Bid(
        id=BidId(_id("bid")),
        customer_id=customer.id,
        customer_number=customer.number,
        lead_type_id=market.lead_type_id,
        scope=scope,
        country="US",
        state=None if scope is Scope.NATIONWIDE else "TX",
        county="Travis County" if scope is Scope.COUNTY else None,
        amount_cents=chance.randrange(MINIMUM_CENTS, MAXIMUM_CENTS + 1, STEP_CENTS),
        **_BORN,
    )


def store(item: Model) -> None:
    """Put an item past the emulator's API: a hundred thousand requests would take minutes."""
    table = dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].tables[item.Meta.table_name]
    table.put_item(item.serialize(), overwrite=True)


def _id(prefix: str) -> str:
    """An id that packs no better than a real one: 26 digits of base 32, drawn at random."""
    chance = random.Random(next(_numbers))  # noqa: S311 # the same ids in every run, no secret
    drawn = "".join(chance.choices(_DIGITS, k=_RANDOM_DIGITS))
    return f"{prefix}_01m{drawn}"
