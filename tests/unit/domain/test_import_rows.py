"""Rows of an import: valid as posts of the category are, of a type that is on the marketplace."""

from dataclasses import replace

import pytest

from leadflow.adapters.formats import LibraryFormats
from leadflow.domain.conditions import Operator, Row
from leadflow.domain.csv_tables import Record
from leadflow.domain.demands import Demand
from leadflow.domain.fields import FieldRequest, FieldType, category_fields
from leadflow.domain.geography import Country
from leadflow.domain.identifiers import ImportId, LeadTypeId
from leadflow.domain.import_rows import InvalidRow, NumberedRow, RowRules, is_in_demand, read_row
from leadflow.domain.lead_types import LeadType, MarketplaceSettings, classifier
from tests.builders import lead_type, numbered
from tests.unit.domain.auction_examples import ON_MARKETPLACE
from tests.unit.domain.bidding_examples import NOW, customer

FALLBACK = lead_type(marketplace=ON_MARKETPLACE)
FLAT = lead_type(
    id=LeadTypeId(numbered("type", 2)),
    name="Flat roofs",
    fallback=False,
    priority=1,
    conditions=((Row(property="roof", operator=Operator.EQUALS, value="flat"),),),
    marketplace=ON_MARKETPLACE,
)
RULES = RowRules(
    origin=ImportId(numbered("import", 1)),
    customer_id=customer().id,
    fields=category_fields(
        [
            FieldRequest(title="email", required_for_post=True),
            FieldRequest(title="roof", type=FieldType.TEXT),
        ]
    ),
    positions={"zip": 0, "email": 1, "roof": 3},
    columns=4,
    countries=(Country.US,),
    formats=LibraryFormats(),
    lead_type=None,
    classifier=classifier([FALLBACK, FLAT]),
)


def read(*cells: str, rules: RowRules = RULES, mistake: str | None = None) -> Demand | InvalidRow:
    return read_row(NumberedRow(7, Record(cells, 0, 1, mistake)), rules, NOW)


def typed(rules: RowRules, roof: str = "flat") -> str:
    """The name of the row's type, or why it has none."""
    row = read("78701", "ada@example.com", "", roof, rules=rules)
    if isinstance(row, InvalidRow):
        return row.errors["lead_type"][0]
    return {FALLBACK.id: FALLBACK.name, FLAT.id: FLAT.name}[row.lead_type_id]


def having(*types: LeadType, named: LeadType | None = None) -> RowRules:
    return replace(RULES, classifier=classifier(types), lead_type=named)


def test_a_valid_row_becomes_a_demand_with_the_values_of_its_mapped_columns() -> None:
    row = read("78701", " ada@example.com", "unmapped", "")
    assert isinstance(row, Demand)
    assert row.values == {"zip": "78701", "email": "ada@example.com"}
    assert (row.import_id, row.row, row.customer_id) == (RULES.origin, 7, RULES.customer_id)
    assert (row.ceiling_cents, row.instant_price_cents) == (2500, 500)


def test_all_wrong_fields_of_a_row_are_told_of_together() -> None:
    assert read("99", "ada", "", "flat") == InvalidRow(
        {
            "email": ["The email field must be a valid email address."],
            "zip": ["The postal code is not valid for this account's operating countries."],
        }
    )


def test_what_a_post_requires_is_required_of_a_row() -> None:
    row = read("78701", " ", "", "flat")
    assert row == InvalidRow({"email": ["The email field is required."]})


@pytest.mark.parametrize("cells", [("78701",), ("78701", "ada@example.com", "", "", "")])
def test_a_row_has_as_many_cells_as_the_header(cells: tuple[str, ...]) -> None:
    assert read(*cells) == InvalidRow({"": [f"The row has {len(cells)} cells, the header has 4."]})


def test_a_row_that_could_not_be_read_says_why() -> None:
    assert read("78701,", mistake="A quote.") == InvalidRow({"": ["A quote."]})


def test_a_row_is_classified_unless_a_type_was_named() -> None:
    assert typed(RULES) == "Flat roofs"
    assert typed(RULES, "steep") == "Any"
    assert typed(having(FALLBACK, FLAT, named=FALLBACK)) == "Any"
    assert typed(having(FLAT), "steep") == "No lead type matches the row."


@pytest.mark.parametrize(
    "changes",
    [{"marketplace": None}, {"marketplace": MarketplaceSettings()}, {"archived": True}],
)
def test_a_type_that_is_not_on_the_marketplace_makes_the_row_invalid(
    changes: dict[str, object],
) -> None:
    off = FALLBACK.model_copy(update=changes)
    assert typed(having(named=off)) == "The lead type Any is not on the marketplace."
    assert is_in_demand(FALLBACK)
    assert not is_in_demand(off)


def test_only_so_many_fields_of_a_row_are_told_of() -> None:
    titles = [f"field_{number}" for number in range(25)]
    requests = [FieldRequest(title=title, type=FieldType.NUMERIC) for title in titles]
    positions = {"zip": 0} | dict.fromkeys(titles, 1)
    rules = replace(RULES, fields=category_fields(requests), positions=positions, columns=2)
    row = read("78701", "many", rules=rules)
    assert isinstance(row, InvalidRow)
    assert len(row.errors) == 21
    assert row.errors[""] == ["5 more fields are wrong."]
