"""The table of status transitions, walked as a machine (`product.md`, 11.3)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadflow.domain.errors import Conflict
from leadflow.domain.permissions import PERMISSIONS
from leadflow.domain.statuses import EDITABLE, REPROCESSABLE, SOLD, LeadStatus
from leadflow.domain.transitions import (
    BY_TEST_TABLE,
    TABLE,
    Cause,
    Transition,
    Trigger,
    check_status,
    invalid_status,
    next_statuses,
)
from tests.builders import lead
from tests.unit.domain.bidding_examples import NOW

S, C = LeadStatus, Cause
LIVE = {
    S.PENDING: {
        *(S.DUPLICATE, S.UNCATEGORIZED, S.AUDIT, S.WITHHELD, S.PROCESSING, S.ASSIGNED),
    },
    S.PROCESSING: {S.ASSIGNED, S.POSTED, S.MARKETPLACE, S.UNASSIGNED, S.DISTRIBUTION_ERROR},
    S.MARKETPLACE: {S.ASSIGNED, S.PROCESSING},
    S.ASSIGNED: {S.RETURNED},
    S.UNASSIGNED: {S.PROCESSING, S.WITHHELD, S.UNCATEGORIZED},
    S.DISTRIBUTION_ERROR: {S.PROCESSING, S.WITHHELD, S.UNCATEGORIZED},
    S.UNCATEGORIZED: {S.PROCESSING, S.WITHHELD, S.AUDIT, S.PENDING},
    S.AUDIT: {S.PROCESSING, S.WITHHELD, S.UNCATEGORIZED},
    S.WITHHELD: {S.PROCESSING, S.UNCATEGORIZED},
    S.POSTED: set[LeadStatus](),
    S.DUPLICATE: set[LeadStatus](),
    S.RETURNED: set[LeadStatus](),
}


def rows(before: LeadStatus | None, after: LeadStatus | None) -> list[Transition]:
    return [row for row in TABLE if (row.before, row.after) == (before, after)]


def test_the_allowed_changes_are_those_of_the_specification() -> None:
    assert {status: next_statuses(status) for status in S} == LIVE
    assert len(S) == 12


def test_test_leads_may_also_go_by_their_own_table() -> None:
    for status in S:
        more = next_statuses(status, is_test=True) - LIVE[status]
        assert more == (BY_TEST_TABLE - LIVE[status] if status in REPROCESSABLE else set())


@pytest.mark.parametrize("status", list(LeadStatus))
def test_every_lead_but_one_that_is_processing_may_be_deleted(status: LeadStatus) -> None:
    deleted = rows(status, None)
    assert bool(deleted) is (status is not S.PROCESSING)
    assert all(row.causes == {C.DELETE} for row in deleted)


def test_no_change_is_listed_twice_for_one_trigger() -> None:
    keys = [(row.before, row.after, row.trigger, row.causes) for row in TABLE]
    assert len(keys) == len(set(keys))
    assert {row.trigger for row in TABLE} == set(Trigger)


def test_causes_that_are_permissions_exist() -> None:
    assert {cause for cause in C if "." in cause} <= PERMISSIONS


@pytest.mark.parametrize(
    ("before", "after", "causes"),
    [
        (None, S.PENDING, {C.SOURCE}),
        (S.PENDING, S.UNCATEGORIZED, {C.SYSTEM, C.UPDATE}),
        (S.MARKETPLACE, S.ASSIGNED, {C.CUSTOMER_USER, C.SYSTEM}),
        (S.AUDIT, S.PROCESSING, {C.UPDATE}),
        (S.WITHHELD, S.PROCESSING, {C.SYSTEM}),
        (S.UNCATEGORIZED, S.PENDING, {C.UPDATE}),
        (S.UNASSIGNED, S.PROCESSING, {C.REPROCESS}),
    ],
)
def test_a_change_has_the_causes_of_the_specification(
    before: LeadStatus | None, after: LeadStatus | None, causes: set[Cause]
) -> None:
    [row] = rows(before, after)
    assert row.causes == causes


def test_a_return_is_the_tenants_or_approves_a_request() -> None:
    assert [row.causes for row in rows(S.ASSIGNED, S.RETURNED)] == [
        {C.RETURN},
        {C.APPROVE_DISPUTE},
    ]


@given(st.lists(st.sampled_from(list(S)), max_size=30), st.booleans())
def test_no_walk_leaves_the_table_and_what_is_sold_stays_sold(
    wishes: list[LeadStatus], is_test: bool
) -> None:
    walker = lead(status=S.PENDING, is_test=is_test)
    for wish in wishes:
        before = walker
        if not [row for row in rows(before.status, wish) if is_test or not row.of_tests]:
            with pytest.raises(Conflict, match=before.status):
                before.moved(wish, NOW)
            continue
        walker = before.moved(wish, NOW)
        assert walker.version == before.version + 1
        assert walker.sold or before.status not in SOLD


@pytest.mark.parametrize("status", list(LeadStatus))
def test_a_refusal_names_the_status_and_what_it_allows(status: LeadStatus) -> None:
    told = invalid_status(status)
    assert (told.status, told.code) == (409, "invalid_status")
    assert status in told.detail
    assert all(after in told.detail for after in LIVE[status])
    assert ("edit" in told.detail) is (status in EDITABLE)
    assert ("reprocess" in told.detail) is (status in REPROCESSABLE)
    assert ("delete" in told.detail) is (status is not S.PROCESSING)
    assert ("no other status" in told.detail) is (not LIVE[status])


def test_an_action_takes_only_its_statuses() -> None:
    check_status(S.AUDIT, EDITABLE)
    with pytest.raises(Conflict, match="posted"):
        check_status(S.POSTED, EDITABLE)
