from uuid import UUID

import pytest

from leadflow.adapters.formats import LibraryFormats
from leadflow.domain.fields import Field, FieldType, basic_fields
from leadflow.domain.geography import Country
from leadflow.domain.sample_values import sample_values
from leadflow.domain.validation import ValidLead, validate
from leadflow.domain.values import normal_form

CHOICES = ("red", "blue")


def field(kind: FieldType, title: str = "sample") -> Field:
    choices = CHOICES if kind is FieldType.LIST_OF_VALUES else None
    return Field(title=title, type=kind, deliverable=True, values=choices)


@pytest.mark.parametrize("kind", list(FieldType))
def test_every_type_has_a_value_that_is_valid(kind: FieldType) -> None:
    value = sample_values([field(kind)])["sample"]
    assert not isinstance(value, float)
    assert normal_form(kind, value, LibraryFormats()) is not None
    assert (value in CHOICES) is (kind is FieldType.LIST_OF_VALUES)


def test_the_basic_fields_make_a_valid_lead() -> None:
    body = dict(sample_values(basic_fields()))
    checked = validate(
        body,
        basic_fields(),
        call="post",
        countries=[Country.US],
        formats=LibraryFormats(),
        reserved_zips=(),
    )
    assert isinstance(checked, ValidLead)


def test_of_equal_titles_the_first_counts() -> None:
    both = [field(FieldType.BOOLEAN), field(FieldType.UUID)]
    assert sample_values(both) == {"sample": True}
    assert UUID(str(sample_values(both[1:])["sample"]))


def test_a_title_helps_texts_only() -> None:
    numeric = [field(FieldType.NUMERIC, "city")]
    assert sample_values(numeric) == {"city": 5}
    assert sample_values([field(FieldType.TEXT, "city")]) == {"city": "Austin"}
