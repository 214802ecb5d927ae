"""The demand of `product.md`, 14.3: up to 25.00, at once for 5.00, open for 120 minutes."""

from leadflow.domain.demands import Demand, ImportedRow, demand_of
from leadflow.domain.identifiers import ImportId
from tests.builders import VALUES, lead_type, numbered
from tests.unit.domain.auction_examples import ON_MARKETPLACE
from tests.unit.domain.bidding_examples import NOW, customer

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
