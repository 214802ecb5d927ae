from dataclasses import replace

import pytest

from leadflow.application.lead_export_tables import (
    OTHER_DETAILS,
    ExportTable,
    ExportView,
    RowMaker,
    table_for,
)
from leadflow.application.lead_views import delivered
from leadflow.domain.configuration import Configuration, LeadCategory
from leadflow.domain.fields import (
    BASIC_FIELD_TITLES,
    Field,
    FieldRequest,
    category_fields,
    source_fields,
)
from leadflow.domain.identifiers import CategoryId
from leadflow.domain.leads import Lead, LeadStatus
from leadflow.domain.spreadsheets import Cell
from tests.reading import (
    BUYER,
    CREATED,
    NOON,
    OTHER_SOURCE,
    SOURCE,
    configuration,
    identify,
    lead,
    sold_lead,
)


def request(title: str, kind: str = "text", *, deliverable: bool = False) -> FieldRequest:
    members = {"title": title, "type": kind, "deliverable": deliverable}
    return FieldRequest.model_validate(members)


def with_category(number: int, *fields: FieldRequest) -> Configuration:
    """The tenant with another category."""
    base = configuration()
    other = LeadCategory(
        id=CategoryId(identify("category", number)),
        name="Other",
        fields=category_fields(fields),
        created_at=CREATED,
        updated_at=CREATED,
    )
    return replace(base, categories={other.id: other, **base.categories})


def with_source_fields(*fields: Field, archived: bool = False) -> Configuration:
    base = configuration()
    changes = {"fields": fields, "archived": archived}
    changed = base.sources[SOURCE].model_copy(update=changes)
    return replace(base, sources={**base.sources, SOURCE: changed})


def row(one: Lead, view: ExportView, configured: Configuration) -> dict[str, Cell]:
    table = table_for(view, configured)
    seen = one if view is ExportView.TENANT else delivered(one, BUYER, configured)
    assert seen
    return dict(zip(table.header, RowMaker(table, configured).row(seen), strict=True))


def test_tenants_have_all_fields_in_the_order_of_the_configuration() -> None:
    configured = with_category(2, request("roof"), request("age"))
    header = table_for(ExportView.TENANT, configured).header
    assert header[:3] == ["id", "status", "lead_type"]
    fields = [*BASIC_FIELD_TITLES, "roof", "credit_score", "age", "campaign", OTHER_DETAILS]
    assert header[-len(fields) :] == fields
    assert len(set(header)) == len(header)


def test_customers_have_the_columns_that_are_delivered_somewhere() -> None:
    table = table_for(ExportView.CUSTOMER, configuration(hidden=("phone", "email")))
    shown = [title for title in BASIC_FIELD_TITLES if title not in {"phone", "email"}]
    first = ["id", "status", "lead_type", "charged_cents", "scope", "assigned_at", "returned_at"]
    assert table.header == [*first, *shown, "roof"]


def test_a_field_that_is_called_like_another_column_keeps_a_column_of_its_own() -> None:
    table = ExportTable(view=ExportView.CUSTOMER, titles=("status", "source_id"))
    assert table.header[-2:] == ["details.status", "source_id"]
    table = ExportTable(view=ExportView.TENANT, titles=("status", "source_id"))
    assert table.header[-3:-1] == ["details.status", "details.source_id"]


def test_tenants_see_all_of_a_lead() -> None:
    found = row(sold_lead(1), ExportView.TENANT, configuration())
    at = "2026-03-04T12:00:00Z"
    expected = {
        "id": identify("lead", 1),
        "status": "assigned",
        "lead_type": "Solar owner",
        "lead_category": "Solar",
        "source": SOURCE,
        "charged_cents": 4500,
        "payout_cents": 2250,
        "assigned_via": "bidding",
        "scope": "county",
        "assigned_at": at,
        "returned_at": None,
        "zip": "85001",
        "roof": "flat",
        "credit_score": 700,
        "campaign": "spring",
        "address_2": None,
        OTHER_DETAILS: None,
    }
    assert {name: found[name] for name in expected} == expected


def test_customers_see_what_is_delivered_of_a_lead_and_no_more() -> None:
    base = sold_lead(1)
    assert base.assignment
    returned = base.assignment.model_copy(update={"returned_at": NOON})
    one = base.model_copy(update={"assignment": returned, "status": LeadStatus.RETURNED})
    found = row(one, ExportView.CUSTOMER, configuration(hidden=("phone",)))
    assert found["roof"] == "flat"
    assert (found["status"], found["returned_at"]) == ("returned", "2026-03-04T12:00:00Z")
    hidden = {one.values["phone"], 700, "spring", SOURCE, "bidding", 2250}
    assert not hidden & set(found.values())


def test_a_column_that_one_source_delivers_is_blank_for_leads_of_another() -> None:
    own = source_fields([request("campaign", deliverable=True)])
    configured = with_source_fields(*own)
    assert row(sold_lead(1), ExportView.CUSTOMER, configured)["campaign"] == "spring"
    other = sold_lead(2, source_id=OTHER_SOURCE)
    assert row(other, ExportView.CUSTOMER, configured)["campaign"] is None


def test_values_of_fields_that_are_gone_are_told_to_tenants() -> None:
    one = sold_lead(1, values={"zip": "85001", "pool": True, "née": "Zoë"})
    found = row(one, ExportView.TENANT, configuration())
    assert found[OTHER_DETAILS] == '{"née": "Zoë", "pool": true}'
    assert "Zoë" not in row(one, ExportView.CUSTOMER, configuration()).values()


@pytest.mark.parametrize(("given", "shown"), [("-97.50", "-97.50"), (700, "700"), ("n/a", "n/a")])
def test_a_number_is_a_number_however_it_was_submitted(given: str | int, shown: str) -> None:
    one = sold_lead(1, values={"zip": "00501", "credit_score": given})
    found = row(one, ExportView.TENANT, configuration())
    assert (str(found["credit_score"]), found["zip"]) == (shown, "00501")
    assert isinstance(found["credit_score"], str) is (given == "n/a")


def test_a_lead_of_a_deleted_source_without_type_or_sale_has_a_row() -> None:
    configured = with_source_fields(archived=True)
    found = row(lead(1, lead_type_id=None), ExportView.TENANT, configured)
    assert (found["source"], found["lead_type"]) == (f"{SOURCE} (Deleted)", None)
    assert found["charged_cents"] is None
    assert found["campaign"] == "spring"
