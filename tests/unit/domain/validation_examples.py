"""Values that are validated with a field of their own."""

from typing import Any, TypedDict, Unpack

from leadflow.adapters.formats import LibraryFormats
from leadflow.domain.fields import Field, FieldType, basic_fields, effective_fields
from leadflow.domain.geography import Country
from leadflow.domain.validation import Call, InvalidLead, ValidLead, validate

FORMATS = LibraryFormats()


class Given(TypedDict, total=False):
    """What is not as it is by default, in `checked`."""

    call: Call
    countries: tuple[Country, ...]
    reserved_zips: tuple[str, ...]


def a_field(field_type: FieldType, *, required_for_post: bool = False) -> Field:
    """A field called `custom`."""
    values = ("Shingle", "Tile", "5") if field_type is FieldType.LIST_OF_VALUES else None
    return Field(
        title="custom",
        type=field_type,
        required_for_post=required_for_post,
        deliverable=False,
        values=values,
    )


def checked(
    values: dict[str, Any],
    *custom: Field,
    call: Call = "post",
    countries: tuple[Country, ...] = (Country.US,),
    reserved_zips: tuple[str, ...] = (),
) -> ValidLead | InvalidLead:
    """What a call comes to with the basic fields and others."""
    return validate(
        values,
        effective_fields(basic_fields(), custom),
        call=call,
        countries=countries,
        formats=FORMATS,
        reserved_zips=reserved_zips,
    )


def valid(values: dict[str, Any], *custom: Field, **given: Unpack[Given]) -> ValidLead:
    """What is accepted; with a postal code unless there is one."""
    result = checked({"zip": "85001"} | values, *custom, **given)
    assert isinstance(result, ValidLead), result
    return result


def errors(values: dict[str, Any], *custom: Field, **given: Unpack[Given]) -> dict[str, list[str]]:
    """What is refused, in the same way: messages by field."""
    result = checked({"zip": "85001"} | values, *custom, **given)
    assert isinstance(result, InvalidLead), result
    return {title: list(messages) for title, messages in result.errors.items()}
