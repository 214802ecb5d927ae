"""`due_auctions`: what settling the due auctions reads as ever more others are open."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from unittest.mock import patch
from uuid import UUID

from leadflow.adapters.dynamodb.auction_items import auction_item
from leadflow.adapters.dynamodb.leads import lead_item
from leadflow.adapters.system import SystemClock
from leadflow.domain.auction_listings import Auction, AuctionPrices, auction_id
from leadflow.domain.geography import Country, Location
from leadflow.domain.identifiers import FlowId, LeadId, StageId, SubmissionId
from leadflow.domain.leads import Lead, LeadStatus
from leadflow.runtime import container
from tests.bench.account import account, crowded_tables
from tests.bench.figures import Figure
from tests.bench.market import Market, context, store
from tests.bench.read_units import read_units
from tests.bench.recorder import Recorder, recording
from tests.bench.sold_lead import handler_of
from tests.infrastructure.template import ROOT
from tools.cost.recorded import Call, Json

FEW, MANY, DUE = 1_000, 100_000, 10
GROWTH_MAX = 1.0
NOW = datetime(2026, 3, 20, 12, tzinfo=UTC)
PRICES = AuctionPrices(
    first_price_cents=2_500, last_price_cents=500, increment_cents=250, interval_minutes=15
)


@dataclass(frozen=True)
class Settled:
    """What one call of the schedule did, and read: items of the index, and read units in all."""

    done: Mapping[str, int]
    items_found: int
    read_units: float
    operations: Mapping[str, int]


@dataclass(frozen=True)
class Listings:
    """A tenant with so many auctions, of which ten are due, without an order."""

    market: Market
    recorder: Recorder
    auctions: int

    def fill(self) -> "Listings":
        """Open the tenant and list the leads; only those that are due are ever looked at."""
        self.market.open()
        stage_id = container.configuration().current(self.market.tenant_id).plan.stages[0].id
        with crowded_tables():
            for number in range(self.auctions):
                lead = self._lead(number)
                store(auction_item(self.market.tenant_id, self._auction(lead, stage_id, number)))
                if number < DUE:
                    store(lead_item(self.market.tenant_id, lead))
        return self

    def settled(self) -> Settled:
        """Call the schedule's handler once."""
        event = json.loads((ROOT / "events/advance_auctions/schedule.json").read_text())
        self.recorder.clear()
        with patch.object(SystemClock, "now", lambda _: NOW), crowded_tables():
            done = handler_of("advance_auctions")(event, context())
        calls = self.recorder.calls
        found = [len(call.answered["Items"]) for call in calls if _is_of_index(call)]
        return Settled(done, sum(found), read_units(calls), self.recorder.counts)

    def _lead(self, number: int) -> Lead:
        return Lead(
            id=LeadId(f"lead_{number:026d}"),
            lead_uuid=UUID(int=number),
            status=LeadStatus.MARKETPLACE,
            source_id=self.market.source_id,
            lead_category_id=self.market.category_id,
            lead_type_id=self.market.lead_type_id,
            received_at=NOW,
            updated_at=NOW,
            values={"zip": "78701"},
            location=Location(postal_code="78701", state="TX", country=Country.US),
            submission_id=SubmissionId(f"submission_{number:026d}"),
            flow_ids=(FlowId(f"flow_{number:026d}"),),
        )

    def _auction(self, lead: Lead, stage_id: StageId, number: int) -> Auction:
        """Ten of them ended a moment ago, the others go on for seconds up to hours."""
        flow_id, made_of = lead.flow_ids[-1], {"prices": PRICES, "payout_cents": 800}
        ends_in = timedelta(seconds=number - DUE) if number < DUE else timedelta(seconds=number)
        base = Auction(
            id=auction_id(flow_id, stage_id, 1),
            lead_id=lead.id,
            flow_id=flow_id,
            stage_id=stage_id,
            step=1,
            plan_version=1,
            source_id=lead.source_id,
            lead_category_id=lead.lead_category_id,
            lead_type_id=self.market.lead_type_id,
            state="TX",
            received_at=NOW,
            started_at=NOW,
            **made_of,
        )
        return base.model_copy(update={"started_at": NOW + ends_in - (base.ends_at - NOW)})


def due_auctions() -> Sequence[Figure]:
    """Let the schedule settle ten due auctions, with few and with many others open."""
    few, many = map(_settled, (FEW, MANY))
    details = {
        "open_auctions": [FEW, MANY],
        "due": DUE,
        "done": [few.done, many.done],
        "items_found": [few.items_found, many.items_found],
        "read_units": [few.read_units, many.read_units],
        "operations": many.operations,
    }
    growth = many.read_units / few.read_units
    return [
        Figure("due_auctions.items", many.items_found, "items", DUE, details=details),
        Figure("due_auctions.growth", growth, "x", GROWTH_MAX, details=details),
    ]


def started(_sent: Json) -> Json:
    """In place of a run behind an auction that nobody bought from."""
    return {"executionArn": "run", "startDate": NOW.timestamp()}


ANSWERS: Mapping[str, Callable[[Json], Json]] = {"StartExecution": started}


def _settled(auctions: int) -> Settled:
    """All tenants share the index, so that each number has an account of its own."""
    recorder = Recorder(ANSWERS)
    with recording(recorder), account():
        return Listings(Market(), recorder, auctions).fill().settled()


def _is_of_index(call: Call) -> bool:
    return call.operation == "Query" and call.sent.get("IndexName") == "ByDue"
