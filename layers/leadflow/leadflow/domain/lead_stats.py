"""Leads and bids counted by state and lead type (`product.md`, 21.1 and 21.2).

Test leads and duplicates do not count, nor do leads without a type.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from leadflow.domain.bids import Bid
from leadflow.domain.geography import Country
from leadflow.domain.identifiers import LeadTypeId, TenantId
from leadflow.domain.leads import Lead
from leadflow.domain.model import Frozen
from leadflow.domain.money import CENTS_MAX, Cents, round_half_up
from leadflow.domain.scopes import Scope
from leadflow.domain.stored_changes import Change, LeadChange
from leadflow.domain.told_facts import FactName, StateLeadTypeStats, Told

_EVERYWHERE = ""


class StatsLine(Frozen):
    """A lead that was received or, with an amount, assigned; `id` is that of the fact."""

    id: str
    tenant_id: TenantId
    at: datetime
    country: Country
    state: str
    lead_type_id: LeadTypeId
    charged_cents: Cents | None = None


def counted(change: Change) -> Sequence[StatsLine]:
    """What a change adds to the statistics; a repeat adds lines of the same ids."""
    if not isinstance(change, LeadChange):
        return ()
    lines = (_line(change.tenant_id, change.after, told) for told in change.told())
    return [line for line in lines if line is not None]


def _line(tenant_id: TenantId, lead: Lead, told: Told) -> StatsLine | None:
    is_new = told.name == FactName.LEAD_CREATED
    sale = lead.assignment if told.name == FactName.LEAD_ASSIGNED else None
    if lead.lead_type_id is None or not (is_new or sale):
        return None
    return StatsLine(
        id=told.fact.id,
        tenant_id=tenant_id,
        at=lead.updated_at,
        country=lead.location.country,
        state=lead.location.state,
        lead_type_id=lead.lead_type_id,
        charged_cents=None if sale is None else sale.charged_cents,
    )


class _Place(NamedTuple):
    """What a row is about; without a state, what is true of all states of the country."""

    country: Country
    state: str
    lead_type_id: LeadTypeId


@dataclass
class _Count:
    """What is known of a place so far."""

    received: int = 0
    assigned: int = 0
    charged_cents: int = 0
    lowest_cents: int = CENTS_MAX
    highest_cents: int = 0
    bids: int = 0
    top_bid_cents: int = 0

    def add_lead(self, charged_cents: int | None) -> None:
        if charged_cents is None:
            self.received += 1
            return
        self.assigned += 1
        self.charged_cents += charged_cents
        self.lowest_cents = min(charged_cents, self.lowest_cents)
        self.highest_cents = max(charged_cents, self.highest_cents)

    def add_bids(self, bids: int, top_cents: int) -> None:
        self.bids += bids
        self.top_bid_cents = max(top_cents, self.top_bid_cents)

    def row(self, place: _Place) -> StateLeadTypeStats:
        prices = (self.lowest_cents, self.highest_cents, self._average_cents())
        lowest, highest, average = prices if self.assigned else (None, None, None)
        return StateLeadTypeStats(
            country=place.country,
            state=place.state,
            lead_type_id=place.lead_type_id,
            active_bids=self.bids,
            top_bid_cents=self.top_bid_cents or None,
            leads_received=self.received,
            leads_assigned=self.assigned,
            lowest_price_cents=lowest,
            highest_price_cents=highest,
            average_price_cents=average,
        )

    def _average_cents(self) -> int:
        return round_half_up(Decimal(self.charged_cents) / max(1, self.assigned))


def stats(lines: Iterable[StatsLine], active_bids: Iterable[Bid]) -> list[StateLeadTypeStats]:
    """A row for each state and type in which a lead came or a bid is; each line is looked at once.

    A bid counts where it competes: a nationwide one in every row of its country and type.
    """
    counts: defaultdict[_Place, _Count] = defaultdict(_Count)
    for line in lines:
        place = _Place(line.country, line.state, line.lead_type_id)
        counts[place].add_lead(line.charged_cents)
    for bid in active_bids:
        state = str(bid.state) if bid.scope is not Scope.NATIONWIDE else _EVERYWHERE
        place = _Place(Country(bid.country), state, bid.lead_type_id)
        counts[place].add_bids(1, bid.amount_cents)
    return [_row(counts, place) for place in sorted(counts) if place.state != _EVERYWHERE]


def _row(counts: Mapping[_Place, _Count], place: _Place) -> StateLeadTypeStats:
    count, everywhere = counts[place], counts.get(place._replace(state=_EVERYWHERE))
    if everywhere is not None:
        count.add_bids(everywhere.bids, everywhere.top_bid_cents)
    return count.row(place)
