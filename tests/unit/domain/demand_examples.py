"""The demand of `product.md`, 14.3: up to 25.00, at once for 5.00, open for 120 minutes."""

from leadflow.domain.demand_offers import DemandOffer, OfferedLead
from leadflow.domain.demands import Demand, ImportedRow, demand_of
from leadflow.domain.identifiers import ImportId, OfferId
from tests.builders import SOURCE_ID, VALUES, lead_type, numbered
from tests.unit.domain.auction_examples import ON_MARKETPLACE
from tests.unit.domain.bidding_examples import LOCATION, NOW, customer

IMPORT_ID = ImportId(numbered("import", 0))
WANTED_TYPE = lead_type(marketplace=ON_MARKETPLACE)


def imported_row(number: int = 1, owner: int = 1, **values: str | int) -> ImportedRow:
    """A row that asks for a lead in Travis County."""
    row = {**VALUES, "county": "Travis"} | values
    return ImportedRow(IMPORT_ID, number, customer(owner).id, row)


def demand(number: int = 1, owner: int = 1, **changes: object) -> Demand:
    """The demand of that row, made now."""
    made = demand_of(imported_row(number, owner), WANTED_TYPE, NOW)
    assert made is not None
    return made.model_copy(update=changes)


def offer(number: int = 1, cents: int = 1_200, **changes: object) -> DemandOffer:
    """An offer for the first demand, received now and not stored yet."""
    base = DemandOffer(
        id=OfferId(numbered("offer", number)),
        demand_id=demand().id,
        source_id=SOURCE_ID,
        price_cents=cents,
        received_at=NOW,
        lead=OfferedLead(values=imported_row().values, location=LOCATION),
    )
    return base.model_copy(update=changes)
