"""What the tables hold, read without any of the product's own code.

Were the judge to read with the code that is judged, one mistake could hide another. So these are
models of their own, of the members that the contract is about; cents, and aware times in UTC.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from pydantic import BaseModel, ConfigDict


class Seen(BaseModel):
    """A part of a stored document."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    tenant_id: str = ""


class Tally(Seen):
    """What was won in one period, which is named by its first day."""

    label: str = ""
    count: int = 0
    spent_cents: int = 0


class Usage(Seen):
    """What was won, per period."""

    daily: Tally = Tally()
    weekly: Tally = Tally()
    monthly: Tally = Tally()


class Wallet(Seen):
    """A customer with its money and its counters."""

    id: str
    balance_cents: int = 0
    held_cents: int = 0
    lifetime_charged_cents: int = 0
    lifetime_refunded_cents: int = 0
    usage: Usage = Usage()


class Bid(Seen):
    """A bid with its counters."""

    id: str
    customer_id: str
    usage: Usage = Usage()


class Entry(Seen):
    """A row of the ledger."""

    id: str
    customer_id: str
    sequence: int
    event: str
    debit_account: str
    credit_account: str
    amount_cents: int
    balance_after_cents: int
    related: dict[str, str] = {}
    created_at: datetime

    @property
    def lead_id(self) -> str:
        """The lead that it is about; empty if none."""
        return self.related.get("lead_id", "")


class Assignment(Seen):
    """Who has a lead."""

    customer_id: str | None = None
    assigned_via: str
    bid_id: str | None = None
    charged_cents: int
    assigned_at: datetime
    returned_at: datetime | None = None


class Lead(Seen):
    """A lead that is not deleted."""

    id: str
    status: str
    is_test: bool = False
    is_counted: bool = False
    received_at: datetime
    updated_at: datetime | None = None
    run_began_at: datetime | None = None
    assignment: Assignment | None = None
    payout_cents: int = 0
    flow_ids: tuple[str, ...] = ()


class StandingOrder(Seen):
    """An order as its auction knows it."""

    order_id: str
    customer_id: str
    amount_cents: int


class AuctionSale(Seen):
    """Who bought from an auction."""

    customer_id: str
    charged_cents: int


class Auction(Seen):
    """A lead on the marketplace."""

    id: str
    lead_id: str
    status: str = "active"
    orders: tuple[StandingOrder, ...] = ()
    sale: AuctionSale | None = None


class Order(Seen):
    """A buy order."""

    id: str
    auction_id: str
    customer_id: str
    amount_cents: int
    status: str = "active"


class Submission(Seen):
    """What a source sent."""

    id: str
    kind: str
    status: str
    lead_id: str | None = None


class Flow(Seen):
    """A flow with its ending."""

    id: str
    kind: str
    outcome: str | None = None


class Limits(Seen):
    """Most of a cycle; None is unlimited."""

    leads: int | None = None
    sales_cents: int | None = None


class Terms(Seen):
    """What a tenant may use."""

    limits: Limits = Limits()


class Total(Seen):
    """The total of a tenant's plan usage, in its newest cycle."""

    terms: Terms = Terms()
    cycle: str = ""


class Share(Seen):
    """A share of a tenant's plan usage in one cycle."""

    cycle: str
    leads_used: int = 0
    sales_used_cents: int = 0


class ToldRow(Seen):
    """A row of a wallet's history as the API tells it; negative when money left."""

    id: str
    amount_cents: int
    balance_after_cents: int
    created_at: datetime


class ToldWallet(Seen):
    """A wallet as the API tells it, with its rows from the newest."""

    customer_id: str
    balance_cents: int
    held_cents: int
    spendable_cents: int
    rows: tuple[ToldRow, ...] = ()


class ToldLead(Seen):
    """A lead as the API tells it."""

    id: str
    status: str
    updated_at: datetime
    assignment: Assignment | None = None
    payout_cents: int = 0


@dataclass(frozen=True)
class Told:
    """What the API tells one tenant."""

    wallets: Sequence[ToldWallet] = ()
    leads: Sequence[ToldLead] = ()
    auction_ids: frozenset[str] = frozenset()
    leads_used: int = 0
    sales_used_cents: int = 0
    withheld: int = 0


@dataclass(frozen=True)
class Observed:
    """All of a stack as of one moment, or a little later; `deleted` are the ids of deleted leads.

    `told` is what the API told one tenant right behind it; None: nobody has asked.
    """

    at: datetime
    wallets: Sequence[Wallet] = ()
    bids: Sequence[Bid] = ()
    entries: Sequence[Entry] = ()
    leads: Sequence[Lead] = ()
    deleted: frozenset[str] = frozenset()
    submissions: Sequence[Submission] = ()
    auctions: Sequence[Auction] = ()
    orders: Sequence[Order] = ()
    totals: Sequence[Total] = ()
    shares: Sequence[Share] = ()
    flows: Sequence[Flow] = ()
    told: Told | None = None
