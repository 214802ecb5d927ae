"""What an import is asked for: mapping, header, fingerprint."""

from leadflow.domain.fields import FieldRequest, FieldType, category_fields
from leadflow.domain.identifiers import CustomerId, ImportId, UserId
from leadflow.domain.lead_imports import (
    LeadImport,
    header_mistakes,
    import_job_id,
    mapping_mistakes,
)
from tests.builders import CATEGORY_ID, TYPE_ID, numbered
from tests.unit.domain.bidding_examples import NOW

FIELDS = category_fields(
    [
        FieldRequest(title="email", required_for_post=True),
        FieldRequest(title="roof", type=FieldType.TEXT, required_for_ping=True),
    ]
)
GOOD = {"ZIP": "zip", "Mail": "email", "Roof": "roof"}
IMPORT = LeadImport(
    id=ImportId(numbered("import", 1)),
    customer_id=CustomerId(numbered("cus", 1)),
    lead_category_id=CATEGORY_ID,
    mapping=GOOD,
    filename="leads.csv",
    created_by=UserId(numbered("user", 1)),
    created_at=NOW,
)


def test_a_mapping_leads_columns_to_fields_one_by_one() -> None:
    assert mapping_mistakes(GOOD, FIELDS) == {}
    wrong = {**GOOD, "Mail 2": "email", "Colour": "colour"}
    assert mapping_mistakes(wrong, FIELDS) == {
        "mapping.Mail 2": ["The field email is mapped from the column Mail already."],
        "mapping.Colour": ["The lead category has no field colour."],
    }


def test_what_a_post_requires_must_be_mapped() -> None:
    assert mapping_mistakes({"Roof": "roof"}, FIELDS) == {
        "mapping": [
            "The field email is required for a post.",
            "The field zip is required for a post.",
        ]
    }


def test_a_mapped_column_must_be_in_the_file_whatever_blanks_are_around_it() -> None:
    assert header_mistakes(["ZIP ", "Mail"], ["Name", "ZIP"]) == {
        "mapping.Mail": ["The file has no such column."]
    }


def test_the_same_file_is_one_of_equal_customer_category_mapping_and_content() -> None:
    again = IMPORT.model_copy(
        update={
            "id": ImportId(numbered("import", 2)),
            "mapping": dict(reversed(GOOD.items())),
            "filename": "other.csv",
            "lead_type_id": TYPE_ID,
        }
    )
    assert again.fingerprint("digest") == IMPORT.fingerprint("digest")
    others: list[dict[str, object]] = [
        {"customer_id": numbered("cus", 2)},
        {"lead_category_id": numbered("category", 2)},
        {"mapping": {**GOOD, "Roof": "city"}},
    ]
    prints = {IMPORT.model_copy(update=other).fingerprint("digest") for other in others}
    assert len(prints | {IMPORT.fingerprint("digest"), IMPORT.fingerprint("other")}) == 5


def test_an_import_has_one_job() -> None:
    assert import_job_id(IMPORT.id) == import_job_id(IMPORT.id)
    assert import_job_id(IMPORT.id) != import_job_id(ImportId(numbered("import", 2)))
