from datetime import UTC, datetime

import pytest
from pydantic import BaseModel, ValidationError

from leadflow.application.list_leads import LeadFilters
from leadflow.application.view_flows import FlowFilters
from leadflow.application.view_submissions import SubmissionFilters
from tests.reading import BUYER, SOURCE

DAY = datetime(2026, 1, 31, tzinfo=UTC)


@pytest.mark.parametrize(
    ("model", "name", "value"),
    [
        (LeadFilters, "status", "sold"),
        (LeadFilters, "status", ""),
        (LeadFilters, "source_id", BUYER),
        (LeadFilters, "source_id", SOURCE.upper()),
        (LeadFilters, "customer_id", "cus_1"),
        (LeadFilters, "lead_type_id", "solar"),
        (LeadFilters, "lead_category_id", ""),
        (LeadFilters, "test_mode", "yes"),
        (LeadFilters, "test_mode", "True"),
        (LeadFilters, "received_from", "yesterday"),
        (LeadFilters, "received_from", "2026-02-30"),
        (LeadFilters, "received_from", "20260131"),
        (LeadFilters, "received_from", "2026-01-31T12:00:00"),
        (LeadFilters, "received_from", "0001-01-01T00:00:00+14:00"),
        (LeadFilters, "received_to", "2026-01-31T25:00:00Z"),
        (LeadFilters, "q", "   "),
        (LeadFilters, "q", "x" * 255),
        (SubmissionFilters, "status", "processing"),
        (FlowFilters, "ping_status", "Matched"),
        (FlowFilters, "honored", "1"),
        (FlowFilters, "partner_id", "partner"),
        (FlowFilters, "created_to", "tomorrow"),
    ],
)
def test_a_wrong_filter_is_refused_by_name(model: type[BaseModel], name: str, value: str) -> None:
    with pytest.raises(ValidationError) as refused:
        model.model_validate({name: value})
    assert [mistake["loc"] for mistake in refused.value.errors()] == [(name,)]


@pytest.mark.parametrize(
    ("model", "prefix"),
    [(LeadFilters, "received"), (SubmissionFilters, "received"), (FlowFilters, "created")],
)
def test_a_period_must_not_end_before_it_begins(model: type[BaseModel], prefix: str) -> None:
    period = {f"{prefix}_from": "2026-02-01", f"{prefix}_to": "2026-01-31"}
    with pytest.raises(ValidationError) as refused:
        model.model_validate(period)
    assert [mistake["loc"] for mistake in refused.value.errors()] == [(f"{prefix}_to",)]
    assert model.model_validate(dict.fromkeys(period, "2026-02-01"))


def test_bare_dates_mean_whole_days_in_utc() -> None:
    filters = LeadFilters.model_validate(
        {"received_from": "2026-01-31", "received_to": "2026-01-31"}
    )
    assert filters.received_from == DAY
    assert filters.received_to == DAY.replace(hour=23, minute=59, second=59, microsecond=999_999)


def test_times_of_any_offset_are_read() -> None:
    filters = LeadFilters.model_validate({"received_from": "2026-01-31T02:00:00.5+02:00"})
    assert filters.received_from == DAY.replace(microsecond=500_000)
