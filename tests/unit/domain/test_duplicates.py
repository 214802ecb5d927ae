from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from leadflow.adapters.formats import LibraryFormats
from leadflow.domain.duplicates import DuplicateCheck, fingerprint
from leadflow.domain.fields import Field, FieldType, basic_fields
from leadflow.domain.identifiers import CategoryId
from leadflow.domain.validation import normal_values

FIELDS = (*basic_fields(), Field(title="age", type=FieldType.NUMERIC, deliverable=False))
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def a_check(changes: dict[str, Any]) -> DuplicateCheck:
    body = {"id": "check_1", "fields": ["email"], "days": 30, "created_at": NOW}
    return DuplicateCheck.model_validate(body | {"updated_at": NOW} | changes)


def digest(
    values: dict[str, Any], changes: dict[str, Any] | None = None, category: str = "category_1"
) -> str | None:
    normal = normal_values(values, FIELDS, LibraryFormats())
    return fingerprint(a_check(changes or {}), CategoryId(category), values, normal)


def are_equal(one: dict[str, Any], other: dict[str, Any], **changes: object) -> bool:
    first = digest(one, changes)
    assert first is not None
    return first == digest(other, changes)


@pytest.mark.parametrize(
    ("title", "one", "other"),
    [
        ("email", "Jane@example.com", "jane@EXAMPLE.com"),
        ("phone", "(480) 267-1234", "+1 480 267 1234"),
        ("first_name", "Mary  Ann", "mary ann"),
        ("age", "5.0", 5),
        ("age", Decimal("0.50"), 0.5),
        ("zip", "k1a 0b1", "K1A0B1"),
    ],
)
def test_equal_values_share_a_fingerprint(title: str, one: object, other: object) -> None:
    assert are_equal({title: one}, {title: other}, fields=[title])


def test_every_field_has_to_be_equal() -> None:
    lead = {"email": "a@b.co", "phone": "4802671234"}

    assert not are_equal(lead, lead | {"phone": "4802671235"}, fields=["email", "phone"])
    assert not are_equal(lead, lead | {"email": "b@b.co"}, fields=["email", "phone"])
    assert are_equal(lead, lead | {"city": "Mesa"}, fields=["email", "phone"])


def test_a_missing_field_means_no_fingerprint() -> None:
    assert digest({"email": "a@b.co"}, {"fields": ["email", "phone"]}) is None


def test_values_do_not_run_into_each_other() -> None:
    one, other = {"first_name": "ab", "last_name": "c"}, {"first_name": "a", "last_name": "bc"}

    assert not are_equal(one, other, fields=["first_name", "last_name"])


def test_case_counts_only_on_demand() -> None:
    one, other = {"city": "Mesa"}, {"city": "MESA"}

    assert are_equal(one, other, fields=["city"])
    assert not are_equal(one, other, fields=["city"], case_sensitive=True)
    assert are_equal(one, {"city": " Mesa "}, fields=["city"], case_sensitive=True)


def test_a_phone_has_no_case() -> None:
    one, other = {"phone": "(480) 267-1234"}, {"phone": "4802671234"}

    assert are_equal(one, other, fields=["phone"], case_sensitive=True)


def test_punctuation_is_ignored_only_on_demand() -> None:
    one, other = {"address_1": "12 Main St."}, {"address_1": "12-main st"}

    assert not are_equal(one, other, fields=["address_1"])
    assert are_equal(one, other, fields=["address_1"], ignore_punctuation=True)
    assert not are_equal(
        one, other, fields=["address_1"], ignore_punctuation=True, case_sensitive=True
    )


def test_nothing_but_punctuation_is_no_value() -> None:
    assert digest({"city": "---"}, {"fields": ["city"], "ignore_punctuation": True}) is None


def test_categories_and_sources_are_compared_apart() -> None:
    lead = {"email": "a@b.co"}
    digests = {
        digest(lead),
        digest(lead, category="category_2"),
        digest(lead, {"source_id": "source_1"}),
        digest(lead, {"source_id": "source_2"}),
    }

    assert len(digests) == 4


def test_checks_that_compare_alike_share_fingerprints() -> None:
    lead = {"email": "a@b.co", "city": "Mesa"}

    assert digest(lead, {"fields": ["email", "city"]}) == digest(
        lead, {"fields": ["city", "email"], "id": "check_2", "days": 7}
    )


def test_a_fingerprint_stays_the_same_from_release_to_release() -> None:
    found = digest({"email": "a@b.co"})

    assert found == "bbb021107cad08838f59d50654967eb6b8de4f808d6110db62cfba8461843968"


@pytest.mark.parametrize("changes", [{"fields": []}, {"days": 0}, {"days": 3_651}])
def test_a_check_needs_fields_and_a_look_back(changes: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        a_check(changes)
