"""What an Alter Data stage makes of a lead."""

from dataclasses import replace

import pytest

from leadflow.adapters.formats import LibraryFormats
from leadflow.domain.alterations import AlterationFailed, Altered, altered, data_of
from leadflow.domain.configuration import Configuration
from leadflow.domain.decisions import AttemptReason
from leadflow.domain.fields import Field, FieldType
from leadflow.domain.geography import Country
from leadflow.domain.identifiers import LeadTypeId
from leadflow.domain.leads import Lead
from leadflow.domain.plans import Operation, SetField, SetLeadType
from tests.builders import VALUES, configuration, lead, lead_type, numbered, source

AGED, GONE, FOREIGN = (LeadTypeId(numbered("type", number)) for number in (1, 2, 3))
FIELDS = (
    Field(title="roof", type=FieldType.LIST_OF_VALUES, deliverable=False, values=("tin", "tile")),
    Field(title="rooms", type=FieldType.NUMERIC, deliverable=False),
    Field(title="source_note", type=FieldType.TEXT, deliverable=False, required_for_post=True),
)


def tenant() -> Configuration:
    """Three more lead types: an aged one, one that is archived, and one of another category."""
    base = configuration(from_source=source(fields=FIELDS))
    kinds = (
        lead_type(id=AGED),
        lead_type(id=GONE, archived=True),
        lead_type(id=FOREIGN, lead_category_id=numbered("category", 9)),
    )
    return replace(base, lead_types={**base.lead_types, **{kind.id: kind for kind in kinds}})


def outcome(*operations: Operation, of: Lead | None = None) -> Altered | AlterationFailed:
    given = tenant()
    [sender] = given.sources.values()
    return altered(data_of(of or lead(), sender), operations, given, LibraryFormats())


def after(*operations: Operation, of: Lead | None = None) -> Altered:
    done = outcome(*operations, of=of)
    assert isinstance(done, Altered)
    return done


def value(title: str, given: str | float | bool) -> SetField:
    return SetField(set_field=title, value=given)


def test_a_lead_gets_another_lead_type_and_other_values() -> None:
    done = after(SetLeadType(set_lead_type=AGED), value("roof", "tin"), value("rooms", 2.5))
    assert done.lead_type_id == AGED
    assert done.values == {**VALUES, "roof": "tin", "rooms": 2.5}
    assert done.location == lead().location


def test_the_last_of_several_operations_counts() -> None:
    done = after(value("roof", "tin"), value("roof", "tile"))
    assert done.values["roof"] == "tile"


def test_values_are_kept_as_a_post_would_keep_them() -> None:
    done = after(value("city", "  Waco "), value("address_1", 5))
    assert (done.values["city"], done.values["address_1"]) == ("Waco", "5")


@pytest.mark.parametrize("lead_type_id", [GONE, FOREIGN, "type_x"])
def test_a_lead_type_must_be_a_live_one_of_the_category(lead_type_id: str) -> None:
    done = outcome(value("roof", "tin"), SetLeadType(set_lead_type=LeadTypeId(lead_type_id)))
    assert isinstance(done, AlterationFailed)
    assert done.reason is AttemptReason.LEAD_TYPE_UNAVAILABLE
    assert lead_type_id in done.detail


@pytest.mark.parametrize(
    "operation",
    [
        value("roof", "straw"),
        value("rooms", "many"),
        value("email", "nobody"),
        value("pool", "yes"),
        value("city", "x" * 10_001),
        value("source_note", " "),
        value("zip", ""),
        value("zip", "99999"),
        value("state", "ZZ"),
    ],
)
def test_a_value_must_fit_its_field_and_is_not_told_of(operation: SetField) -> None:
    done = outcome(value("city", "Waco"), operation)
    assert isinstance(done, AlterationFailed)
    assert done.reason is AttemptReason.FIELD_VALUE_INVALID
    assert operation.set_field in done.detail or operation.set_field in {"zip", "state"}
    assert "straw" not in done.detail


def test_an_empty_value_takes_the_value_of_an_optional_field_away() -> None:
    assert "last_name" not in after(value("last_name", "")).values


def test_another_postal_code_moves_the_lead() -> None:
    done = after(value("zip", "30301"))
    assert (done.location.state, done.location.postal_code) == ("GA", "30301")


def test_a_postal_code_and_its_state_move_together_in_any_order() -> None:
    texan = lead(values={**VALUES, "state": "TX"})
    for operations in (
        (value("zip", "30301"), value("state", "GA")),
        (value("state", "GA"), value("zip", "30301")),
    ):
        assert after(*operations, of=texan).location.state == "GA"


@pytest.mark.parametrize("operation", [value("zip", "30301"), value("state", "GA")])
def test_a_postal_code_must_lie_in_the_given_state(operation: SetField) -> None:
    done = outcome(operation, of=lead(values={**VALUES, "state": "TX"}))
    assert isinstance(done, AlterationFailed)
    assert done.reason is AttemptReason.FIELD_VALUE_INVALID


def test_a_county_derives_the_place_again() -> None:
    done = after(value("county", "Hays County"))
    assert done.location == LibraryFormats().locate("78701", (Country.US,), "Hays County")


def test_a_place_that_nobody_asked_to_change_stays_even_if_it_would_not_be_found() -> None:
    strange = lead(values={**VALUES, "zip": "99999"})
    assert after(value("roof", "tin"), of=strange).location == strange.location


def test_what_a_lead_is_found_by_follows_its_contact_data() -> None:
    done = after(
        value("email", "GRACE@Example.com"),
        value("first_name", "Grace"),
        value("phone", "5122345678"),
    )
    assert done.search.email == "grace@example.com"
    assert done.search.phone == "+15122345678"
    assert done.search.name == "grace byron"


def test_data_without_a_lead_type_are_altered_too() -> None:
    assert after(value("roof", "tin"), of=lead(lead_type_id=None)).lead_type_id is None
