from typing import Any

import pytest
from pydantic import ValidationError

from leadflow.domain.errors import ValidationFailed
from leadflow.domain.fields import (
    BASIC_FIELD_TITLES,
    FIELDS_MAX,
    Field,
    FieldRequest,
    FieldType,
    basic_fields,
    category_fields,
    effective_fields,
    source_fields,
)


def requests(*bodies: dict[str, Any]) -> list[FieldRequest]:
    return [FieldRequest.model_validate(body) for body in bodies]


def errors_of(*bodies: dict[str, Any]) -> dict[str, list[str]]:
    with pytest.raises(ValidationFailed) as refused:
        category_fields(requests(*bodies))
    return {path: list(messages) for path, messages in refused.value.errors.items()}


def test_there_are_22_field_types() -> None:
    assert len(FieldType) == 22


def test_a_category_starts_with_ten_fields_of_which_only_zip_is_required() -> None:
    fields = category_fields([])

    assert [field.title for field in fields] == [
        "first_name", "last_name", "email", "phone", "address_1", "address_2", "city", "state",
        "zip", "county",
    ]  # fmt: skip
    types = {field.title: field.type for field in fields if field.type != "text"}
    assert types == {"email": "email", "phone": "phone-us", "state": "state", "zip": "zip"}
    required = {f.title for f in fields if f.required_for_ping or f.required_for_post}
    assert required == {"zip"}
    assert all(field.deliverable for field in fields)
    assert fields == basic_fields()


def test_basic_fields_are_configured_by_listing_them() -> None:
    fields = category_fields(
        requests(
            {"title": "roof_age", "type": "numeric", "required_for_post": True},
            {"title": "phone", "type": "phone-au", "deliverable": False},
            {"title": "email", "required_for_post": True},
        )
    )

    by_title = {field.title: field for field in fields}
    assert tuple(by_title)[:10] == BASIC_FIELD_TITLES
    assert by_title["phone"].type is FieldType.PHONE_AU
    assert not by_title["phone"].deliverable
    assert by_title["email"].type is FieldType.EMAIL
    assert by_title["email"].required_for_post
    assert not by_title["email"].required_for_ping
    assert by_title["roof_age"].required_for_post
    assert not by_title["roof_age"].deliverable


def test_zip_stays_required_whatever_is_asked() -> None:
    [zip_field] = [
        field
        for field in category_fields(
            requests({"title": "zip", "required_for_ping": False, "required_for_post": False})
        )
        if field.title == "zip"
    ]

    assert zip_field.required_for_ping
    assert zip_field.required_for_post


@pytest.mark.parametrize("title", ["zip", "state"])
def test_the_types_of_zip_and_state_are_fixed(title: str) -> None:
    assert set(errors_of({"title": title, "type": "text"})) == {"fields.0.type"}


@pytest.mark.parametrize("title", ["", "9lives", "a b", "a.b", "é", "a" * 101, "a\n", "is_test"])
def test_a_title_out_of_form_is_refused_at_its_path(title: str) -> None:
    errors = errors_of({"title": "fine", "type": "text"}, {"title": title, "type": "text"})

    assert set(errors) == {"fields.1.title"}


@pytest.mark.parametrize("title", ["_", "a", "A-1_b", "a" * 100])
def test_a_title_in_form_is_taken(title: str) -> None:
    assert category_fields(requests({"title": title, "type": "text"}))[-1].title == title


def test_a_doubled_title_is_refused_where_it_comes_again() -> None:
    field = {"title": "age", "type": "numeric"}

    assert errors_of(field, field) == {"fields.1.title": ["The title is already taken."]}


def test_a_custom_field_needs_a_type() -> None:
    assert set(errors_of({"title": "age"})) == {"fields.0.type"}


@pytest.mark.parametrize(
    "body",
    [
        {"type": "list-of-values"},
        {"type": "list-of-values", "values": []},
        {"type": "list-of-values", "values": ["a", "a"]},
        {"type": "list-of-values", "values": [" "]},
        {"type": "list-of-values", "values": ["a" * 256]},
        {"type": "text", "values": ["a"]},
    ],
)
def test_values_belong_to_a_list_of_values_only_and_there_always(body: dict[str, Any]) -> None:
    assert set(errors_of({"title": "roof"} | body)) == {"fields.0.values"}


def test_all_mistakes_are_reported_together() -> None:
    errors = errors_of({"title": "a b"}, {"title": "zip", "type": "text", "values": ["1"]})

    assert set(errors) == {"fields.0.title", "fields.0.type", "fields.1.type", "fields.1.values"}


def test_the_number_of_fields_is_bounded() -> None:
    many = [{"title": f"f{n}", "type": "text"} for n in range(FIELDS_MAX + 1)]

    assert set(errors_of(*many)) == {"fields"}


def test_an_unknown_type_or_member_is_refused() -> None:
    for body in ({"title": "a", "type": "colour"}, {"title": "a", "type": "text", "size": 3}):
        with pytest.raises(ValidationError):
            FieldRequest.model_validate(body)


def test_a_source_field_overrides_the_category_field_of_its_title() -> None:
    category = category_fields(requests({"title": "age", "type": "numeric"}))
    own = source_fields(
        requests(
            {"title": "age", "type": "text", "required_for_post": True},
            {"title": "campaign", "type": "text"},
            {"title": "zip", "hidden_from_api_spec": True},
        )
    )

    fields = {field.title: field for field in effective_fields(category, own)}

    assert list(fields) == [*BASIC_FIELD_TITLES, "age", "campaign"]
    assert fields["age"].type is FieldType.TEXT
    assert fields["age"].required_for_post
    assert fields["zip"].hidden_from_api_spec
    assert fields["zip"].required_for_ping


@pytest.mark.parametrize(
    "body",
    [
        {"title": "a b", "type": "text"},
        {"title": "a", "type": "list-of-values"},
        {"title": "a", "type": "text", "values": ["x"]},
    ],
)
def test_an_inconsistent_field_cannot_exist(body: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Field.model_validate({"deliverable": True} | body)
