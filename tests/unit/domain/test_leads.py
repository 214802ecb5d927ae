"""Statuses of leads, and what may follow what."""

from datetime import timedelta

import pytest

from leadflow.domain.errors import Conflict
from leadflow.domain.leads import REPROCESSABLE, SOLD, TRANSITIONS, Lead, LeadStatus
from tests.builders import lead
from tests.unit.domain.bidding_examples import NOW

S = LeadStatus
ALLOWED = {
    S.PENDING: {
        S.DUPLICATE,
        S.UNCATEGORIZED,
        S.AUDIT,
        S.WITHHELD,
        S.PROCESSING,
        S.ASSIGNED,
        S.UNASSIGNED,
        S.MARKETPLACE,
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


def test_the_allowed_changes_are_those_of_the_specification() -> None:
    assert TRANSITIONS == ALLOWED
    assert len(LeadStatus) == 12


@pytest.mark.parametrize("before", list(LeadStatus))
@pytest.mark.parametrize("after", list(LeadStatus))
def test_a_lead_moves_only_where_it_may(before: LeadStatus, after: LeadStatus) -> None:
    waiting = lead(status=before)
    if after in ALLOWED[before]:
        assert waiting.moved(after, NOW).status is after
        return
    with pytest.raises(Conflict) as refused:
        waiting.moved(after, NOW)
    assert refused.value.code == "invalid_status"
    assert before in refused.value.detail
    assert all(one in refused.value.detail for one in ALLOWED[before])


def test_a_terminal_lead_is_refused_with_nothing_to_choose_from() -> None:
    with pytest.raises(Conflict, match="nothing"):
        lead(status=S.DUPLICATE).moved(S.PROCESSING, NOW)


def test_every_move_is_a_new_version_of_that_moment() -> None:
    later = NOW + timedelta(seconds=1)
    moved = lead().moved(S.ASSIGNED, later, payout_cents=7)
    assert (moved.version, moved.updated_at, moved.payout_cents) == (2, later, 7)
    assert moved.received_at == NOW


def test_sold_and_reprocessable_leads() -> None:
    assert {status for status in S if lead(status=status).sold} == SOLD
    assert {S.ASSIGNED, S.POSTED, S.RETURNED} == SOLD
    assert {S.UNASSIGNED, S.UNCATEGORIZED, S.PENDING, S.DISTRIBUTION_ERROR} == REPROCESSABLE


def test_contact_data_are_the_basic_fields_and_details_all_others() -> None:
    known = lead(values={"zip": "78701", "first_name": "Ada", "rooms": 4})
    assert known.contact == {"first_name": "Ada", "zip": "78701"}
    assert known.details == {"rooms": 4}


def test_a_stored_lead_reads_back_as_it_was() -> None:
    known = lead(values={"zip": "78701", "price": 1.5, "rooms": 4, "pool": True})
    assert Lead.model_validate_json(known.model_dump_json(exclude_none=True)) == known
