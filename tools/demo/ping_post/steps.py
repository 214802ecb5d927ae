"""The steps of the second act: a ping or a post, with what must become of it."""

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import JsonValue

Values = Mapping[str, JsonValue]
Losses = frozenset[tuple[str, str]]
"""Who must not get a lead, and why: names of customers or partners, with reason codes."""

UNKNOWN_PING = "00000000-0000-4000-8000-000000000000"


@dataclass(frozen=True)
class Quote:
    """How a ping must be answered: a vendor by a price, others by (buyer, price), best first."""

    message: str
    price_cents: int = 0
    bids: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True)
class Fate:
    """What must become of a posted lead.

    `price_cents` is what the source is owed, `attempts` are reasons that stages must give,
    `home_value` is what the Real Estate API must have filled in, in dollars.
    """

    status: str
    lead_type: str
    taker: str | None = None
    via: str | None = None
    channel: str | None = None
    charged_cents: int | None = None
    price_cents: int = 0
    outcome: str | None = None
    honored: bool | None = None
    lost: Losses = frozenset()
    attempts: frozenset[str] = frozenset()
    home_value: int | None = None


@dataclass(frozen=True)
class Refusal:
    """A post that must be refused with 422 and this code."""

    code: str


@dataclass(frozen=True)
class Ask:
    """`POST /ping`. The answer is kept as `key`; `again`: it must be the one that is kept."""

    shows: str
    source: str
    values: Values
    key: str
    expected: Quote
    again: bool = False


@dataclass(frozen=True)
class Give:
    """`POST /leads`, of a ping (by its key) and of one of its bids (by the buyer), if named.

    `pausing` names a customer that is paused as long as the post takes.
    """

    shows: str
    source: str
    values: Values
    expected: Fate | Refusal
    ping: str | None = None
    choice: str | None = None
    pausing: str | None = None


Step = Ask | Give
