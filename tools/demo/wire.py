"""What the demo reads of the API's answers (`api.md`); members that it does not use are ignored."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from pydantic import BaseModel, ConfigDict, JsonValue


class Wire(BaseModel):
    """A part of an answer."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Made(Wire):
    """Anything that was created."""

    id: str


class MadeCategory(Made):
    """A category with the lead type that came with it."""

    fallback_lead_type_id: str


class Secrets(Wire):
    """The credentials of a source, shown once."""

    api_key: str
    api_secret: str
    bearer_token: str


class MadeSource(Made):
    """A source with its credentials."""

    credentials: Secrets


class MadeUser(Made):
    """A user with its token, shown once."""

    token: str


class Problem(Wire):
    """Why a request was refused."""

    status: int
    code: str
    detail: str
    errors: Mapping[str, Sequence[str]] = {}


class LeadAnswer(Wire):
    """What a source is told about its post; `price` is dollars."""

    lead_public_id: str
    status: str
    price: Decimal
    result: str
    flow_id: str
    is_test: bool

    @property
    def price_cents(self) -> int:
        """What the source is owed, in cents."""
        return int(self.price * 100)


class QuotedBid(Wire):
    """One offer of a ping's answer; `price` is dollars."""

    id: str
    price: Decimal
    tcpa_name: str

    @property
    def price_cents(self) -> int:
        """What the source would be owed, in cents."""
        return int(self.price * 100)


class PingAnswer(Wire):
    """What a source is told about its ping: a vendor a price in dollars, others a list."""

    ping_id: str
    message: str
    price: Decimal = Decimal(0)
    bids: Sequence[QuotedBid] = ()
    flow_id: str

    @property
    def price_cents(self) -> int:
        """What a vendor would be owed, in cents."""
        return int(self.price * 100)


class Assignment(Wire):
    """Who got a lead, and by which way."""

    customer_id: str | None = None
    partner_id: str | None = None
    assigned_via: str = "bidding"
    bid_id: str | None = None
    scope: str | None = None
    charged_cents: int
    assigned_at: datetime | None = None


class Lead(Made):
    """A lead as the tenant reads it."""

    status: str
    lead_type_id: str | None
    payout_cents: int
    details: Mapping[str, JsonValue] = {}
    enriched_data: Mapping[str, Mapping[str, JsonValue]] = {}
    assignment: Assignment | None = None


class Candidate(Wire):
    """Who might have got the lead; a bid's `customer_id` is its owner."""

    id: str
    kind: str = "bid"
    customer_id: str | None = None


class Decision(Wire):
    """What became of one candidate, and its way to the price."""

    candidate: Candidate
    verdict: str
    reason: str | None = None
    phase: str = "post"
    amount_cents: int | None = None
    effective_cents: int | None = None
    penalty_percentage: Decimal | None = None
    score: str | None = None
    runner_up_score: str | None = None
    price_cents: int | None = None
    charged_cents: int | None = None
    detail: Mapping[str, str] = {}


class Attempt(Wire):
    """One stage of the plan."""

    name: str
    status: str
    reason: str | None = None
    phase: str = "post"


class Event(Wire):
    """Something that happened in a flow."""

    at: datetime
    event: str
    description: str
    reason: str | None = None


class Flow(Made):
    """The record of a run."""

    outcome: str | None
    channel: str | None = None
    honored: bool | None = None
    attempts: Sequence[Attempt]
    timeline: Sequence[Event] = ()
    decisions: Sequence[Decision]


class Used(Wire):
    """What is used of a limit; None: there is no limit."""

    used: int
    limit: int | None


class Usage(Wire):
    """What a tenant has used of its subscription in this cycle."""

    leads: Used
    sales_cents: Used
    withheld: int


class Wallet(Wire):
    """A customer's money."""

    balance_cents: int
    held_cents: int
    spendable_cents: int


class Related(Wire):
    """What a transaction is about."""

    lead_id: str | None = None


class Transaction(Made):
    """A row of the ledger as the wallet sees it."""

    event: str
    amount_cents: int
    balance_after_cents: int
    related: Related = Related()


class Bid(Made):
    """A bid with what the API derives for it."""

    status: str
    position: str


class ListedAuction(Made):
    """An auction as the marketplace lists it."""

    county: str | None = None
    price_cents: int
    next_price_cents: int | None = None
    floor_cents: int
    floor_by: str


class PlacedOrder(Wire):
    """What became of an order."""

    order: Made | None
    bought: Wire | None


class Upload(Wire):
    """Where a file is put."""

    url: str


class MadeImport(Made):
    """An import that waits for its file."""

    upload: Upload


class ImportResult(Wire):
    """What an import has made of its file."""

    created: int | None = None
    rejected: int | None = None
    errors_url: str | None = None


class Job(Made):
    """Work in the background."""

    status: str
    result: ImportResult | None = None

    @property
    def made(self) -> ImportResult:
        """What came of it, once it has ended."""
        return self.result or ImportResult()


class Demand(Made):
    """A wanted lead, as a source sees it."""

    criteria: Mapping[str, JsonValue]


class MadeOffer(Made):
    """An offer of a source."""

    status: str
    reason: str | None = None
