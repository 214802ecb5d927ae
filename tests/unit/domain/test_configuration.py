"""A tenant's configuration as one value."""

from leadflow.domain.fields import Field, FieldType
from leadflow.domain.identifiers import SourceId
from tests.builders import (
    CATEGORY_ID,
    SOURCE_ID,
    configuration,
    duplicate_check,
    lead_type,
    source,
)
from tests.unit.domain.bidding_examples import NOW

ROOMS = Field(title="rooms", type=FieldType.NUMERIC, deliverable=True)


def test_a_sources_own_fields_come_on_top_of_its_categorys() -> None:
    own = source(fields=(ROOMS,))
    titles = [field.title for field in configuration(from_source=own).fields_of(own)]
    assert "rooms" in titles
    assert "zip" in titles


def test_global_checks_and_its_own_apply_to_a_source() -> None:
    checks = (
        duplicate_check(1),
        duplicate_check(2, source_id=SOURCE_ID),
        duplicate_check(3, source_id=SourceId("source_other")),
        duplicate_check(4, archived=True),
    )
    applying = configuration(checks=checks).duplicate_checks_of(source())
    assert [check.id for check in applying] == [checks[0].id, checks[1].id]


def test_a_lead_is_classified_by_the_live_types_of_its_category() -> None:
    live = configuration().classifiers[CATEGORY_ID].classify({}, NOW.date())
    assert live == lead_type()
    gone = configuration(of_type=lead_type(archived=True))
    assert gone.classifiers[CATEGORY_ID].classify({}, NOW.date()) is None


def test_types_are_sorted_out_once_for_all_leads() -> None:
    configured = configuration()
    assert configured.classifiers is configured.classifiers
