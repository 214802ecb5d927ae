from leadflow.application.merge_values import merge_values
from tests.builders import VALUES, configuration, lead


def test_a_lead_is_merged_by_titles_and_by_what_it_belongs_to() -> None:
    one = lead(values={**VALUES, "roof_age": 12, "pool": True})
    assert merge_values(one, configuration()) == {
        **VALUES,
        "roof_age": 12,
        "pool": True,
        "lead_public_id": one.id,
        "lead_category": "Homes",
        "lead_type": "Any",
        "source": "Web",
    }


def test_what_a_lead_does_not_have_is_left_out() -> None:
    assert "lead_type" not in merge_values(lead(lead_type_id=None), configuration())
