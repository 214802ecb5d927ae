"""What a reprocess of many leads would do, before it is confirmed."""

from typing import Any

import pytest

from leadflow.application import preview_reprocess
from leadflow.application.list_leads import ListLeads
from leadflow.application.preview_reprocess import Ineligible, Preview, PreviewReprocess
from leadflow.application.reprocess_selection import LEAD_IDS_MAX, ReprocessSelection
from leadflow.application.requests import validated
from leadflow.domain.decisions import Outcome
from leadflow.domain.errors import Unprocessable, ValidationFailed
from leadflow.domain.leads import Lead, LeadStatus
from tests.fakes.lead_lists import FakeLeadLists
from tests.fakes.readings import FixedConfiguration, StillClock, TenDigits
from tests.reading import STRANGER, TENANT, identify, lead

S = LeadStatus
WAITING, BROKEN, SOLD, HELD = (
    lead(number, status=status)
    for number, status in enumerate((S.UNASSIGNED, S.DISTRIBUTION_ERROR, S.ASSIGNED, S.AUDIT), 1)
)
FOREIGN = lead(9, status=S.UNASSIGNED)
ALL = (WAITING, BROKEN, SOLD, HELD)


def preview(*leads: Lead, **body: object) -> Preview:
    """What an admin is shown of these leads of the tenant."""
    store = FakeLeadLists()
    store.put(TENANT, *leads)
    store.put(STRANGER, FOREIGN)
    configured = FixedConfiguration()
    listing = ListLeads(
        configuration=configured, lists=store, formats=TenDigits(), clock=StillClock()
    )
    action = PreviewReprocess(configuration=configured, lists=store, list_leads=listing)
    return action(TENANT, validated(ReprocessSelection, body))


def mistakes(**body: object) -> list[str]:
    """Members that are wrong."""
    with pytest.raises(ValidationFailed) as refused:
        preview(**body)
    return list(refused.value.errors)


def test_leads_are_counted_by_status_and_the_ineligible_ones_listed_with_the_reason() -> None:
    shown = preview(*ALL, lead_ids=[one.id for one in ALL])
    assert (shown.eligible, shown.ineligible) == (2, 2)
    assert dict(shown.by_status) == {one.status: 1 for one in ALL}
    assert shown.ineligible_leads == [
        Ineligible(SOLD.id, S.ASSIGNED, Outcome.STATUS_NOT_REPROCESSABLE),
        Ineligible(HELD.id, S.AUDIT, Outcome.STATUS_NOT_REPROCESSABLE),
    ]
    assert shown.is_complete


def test_what_is_no_lead_of_the_tenant_is_told_of_id_by_id() -> None:
    odd = [identify("lead", 77), FOREIGN.id, "nonsense", ""]
    shown = preview(*ALL, lead_ids=[odd[0], WAITING.id, *odd[1:]])
    assert (shown.eligible, shown.ineligible) == (1, 4)
    assert shown.ineligible_leads == [Ineligible(one, None, Outcome.NOT_FOUND) for one in odd]
    assert sum(shown.by_status.values()) == 1


def test_a_lead_that_is_named_twice_counts_once() -> None:
    shown = preview(*ALL, lead_ids=[WAITING.id, SOLD.id, WAITING.id, SOLD.id])
    assert (shown.eligible, shown.ineligible) == (1, 1)


def test_more_ids_than_one_batch_are_all_looked_at() -> None:
    leads = [lead(number, status=S.UNASSIGNED) for number in range(1, 251)]
    assert preview(*leads, lead_ids=[one.id for one in leads]).eligible == 250


@pytest.mark.parametrize(
    ("filters", "eligible", "ineligible"),
    [
        ({}, 2, 2),
        ({"status": "unassigned"}, 1, 0),
        ({"status": "audit"}, 0, 1),
        ({"test_mode": True}, 1, 0),
        ({"test_mode": False, "received_from": "2026-01-01"}, 2, 2),
        ({"received_to": "2026-01-01"}, 0, 0),
    ],
)
def test_leads_are_selected_by_the_filters_of_their_list(
    filters: dict[str, object], eligible: int, ineligible: int
) -> None:
    of_test = lead(8, status=S.UNASSIGNED, is_test=True)
    shown = preview(*ALL, of_test, filter=filters)
    assert (shown.eligible, shown.ineligible) == (eligible, ineligible)


def test_a_filter_is_walked_to_its_end_or_the_preview_says_that_it_was_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(preview_reprocess, "PAGE_LEADS", 1)
    assert preview(*ALL, filter={}).is_complete
    monkeypatch.setattr(preview_reprocess, "PAGES_MAX", 3)
    cut = preview(*ALL, filter={})
    assert (cut.eligible + cut.ineligible, cut.is_complete) == (3, False)


def test_all_ineligible_leads_are_counted_though_not_all_are_listed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(preview_reprocess, "LISTED_MAX", 1)
    shown = preview(*ALL, filter={})
    assert (shown.ineligible, len(shown.ineligible_leads)) == (2, 1)


@pytest.mark.parametrize(
    ("body", "members"),
    [
        ({}, ["body"]),
        ({"lead_ids": [WAITING.id], "filter": {}}, ["body"]),
        ({"lead_ids": []}, ["lead_ids"]),
        ({"lead_ids": ["x"] * (LEAD_IDS_MAX + 1)}, ["lead_ids"]),
        ({"lead_ids": [7]}, ["lead_ids.0"]),
        ({"lead_ids": ["x" * 65]}, ["lead_ids.0"]),
        ({"filter": {"status": "gone"}}, ["filter.status"]),
        ({"filter": {"received_from": "soon"}}, ["filter.received_from"]),
        ({"filter": {"colour": "red"}}, ["filter.colour"]),
        ({"filter": {"test_mode": 1}}, ["filter.test_mode"]),
        ({"filter": {}, "start": "nowhere"}, ["start"]),
        ({"filter": {}, "confirm": "yes"}, ["confirm"]),
    ],
)
def test_a_wrong_selection_is_refused_naming_what_is_wrong(
    body: dict[str, Any], members: list[str]
) -> None:
    assert mistakes(**body) == members


def test_as_many_ids_as_may_be_named_are_looked_at() -> None:
    ids = [identify("lead", number) for number in range(LEAD_IDS_MAX)]
    assert preview(lead_ids=ids).ineligible == LEAD_IDS_MAX


@pytest.mark.parametrize(
    ("start", "code"),
    [
        (identify("stage", 77), "stage_not_available"),
        ("ping_post", "stage_not_available"),
        ("post_marketplace_direct_post", "direct_post_not_configured"),
    ],
)
def test_a_start_that_the_plan_does_not_have_is_refused(start: str, code: str) -> None:
    with pytest.raises(Unprocessable) as refused:
        preview(*ALL, filter={}, start=start)
    assert refused.value.code == code
