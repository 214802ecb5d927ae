"""What conditions can ask about a lead."""

from leadflow.adapters.formats import LibraryFormats
from leadflow.application.facts import facts_of, facts_of_lead
from tests.builders import CATEGORY_ID, SOURCE_ID, TYPE_ID, configuration, lead, source

FORMATS = LibraryFormats()


def test_a_lead_is_known_by_its_values_its_source_and_its_category() -> None:
    facts = facts_of({"city": "austin"}, source())
    assert facts == {"city": "austin", "source": SOURCE_ID, "lead_category": CATEGORY_ID}


def test_a_stored_lead_is_known_by_its_normal_values_and_its_type() -> None:
    facts = facts_of_lead(lead(), configuration(), FORMATS)
    assert facts["email"] == "ada@example.com"
    assert facts["lead_type"] == TYPE_ID
    assert facts["source"] == SOURCE_ID


def test_a_stored_lead_without_a_type_has_no_such_fact() -> None:
    assert "lead_type" not in facts_of_lead(lead(lead_type_id=None), configuration(), FORMATS)


def test_a_value_whose_field_is_gone_is_no_fact() -> None:
    assert "shoe_size" not in facts_of_lead(lead(values={"shoe_size": 9}), configuration(), FORMATS)
