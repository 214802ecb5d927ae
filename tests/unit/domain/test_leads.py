"""Statuses of leads, and what may follow what."""

from datetime import timedelta

import pytest

from leadflow.domain.errors import Conflict
from leadflow.domain.leads import REPROCESSABLE, SOLD, Lead, LeadStatus
from leadflow.domain.transitions import next_statuses
from tests.builders import lead
from tests.unit.domain.bidding_examples import NOW

S = LeadStatus


@pytest.mark.parametrize("is_test", [False, True])
@pytest.mark.parametrize("before", list(LeadStatus))
@pytest.mark.parametrize("after", list(LeadStatus))
def test_a_lead_moves_only_where_it_may(
    before: LeadStatus, after: LeadStatus, is_test: bool
) -> None:
    waiting = lead(status=before, is_test=is_test)
    allowed = next_statuses(before, is_test=is_test)
    if after in allowed:
        assert waiting.moved(after, NOW).status is after
        return
    with pytest.raises(Conflict) as refused:
        waiting.moved(after, NOW)
    assert refused.value.code == "invalid_status"
    assert before in refused.value.detail
    assert all(one in refused.value.detail for one in allowed)


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
