"""Classifying a lead again."""

import pytest

from leadflow.domain.errors import Conflict, NotFound, PreconditionFailed
from leadflow.domain.leads import LeadStatus
from leadflow.domain.statuses import EDITABLE
from tests.builders import TYPE_ID, VALUES, configuration, lead
from tests.fakes.workbench import stale
from tests.unit.application.lead_world import ADMIN, AUSTIN_TYPE, World, any_version, austin_only

S = LeadStatus
IN_AUSTIN = {**VALUES, "city": "Austin"}


@pytest.mark.parametrize("status", list(LeadStatus))
def test_only_leads_that_nobody_has_are_classified(status: LeadStatus) -> None:
    shop = World(lead(status=status, values=IN_AUSTIN), configuration(of_type=austin_only()))
    if status not in EDITABLE:
        with pytest.raises(Conflict, match=status):
            shop.reclassify(ADMIN, shop.lead.id, any_version)
        assert shop.stored == shop.lead
        return
    answer = shop.reclassify(ADMIN, shop.lead.id, any_version)
    classes = answer.reclassification
    assert (classes.before.lead_type_id, classes.after.lead_type_id) == (TYPE_ID, AUSTIN_TYPE)
    assert shop.stored == answer.lead
    assert shop.stored.lead_type_id == AUSTIN_TYPE
    assert shop.stored.values == IN_AUSTIN


def test_nothing_is_stored_when_nothing_changes() -> None:
    shop = World()
    answer = shop.reclassify(ADMIN, shop.lead.id, any_version)
    assert not answer.reclassification.is_changed
    assert shop.stored is shop.lead


def test_an_uncategorized_lead_waits_for_its_first_outcome_again() -> None:
    shop = World(lead(status=S.UNCATEGORIZED, lead_type_id=None))
    assert shop.reclassify(ADMIN, shop.lead.id, any_version).lead.status is S.PENDING


def test_another_version_and_another_lead_are_left_alone() -> None:
    shop = World(lead(status=S.UNCATEGORIZED))
    with pytest.raises(PreconditionFailed):
        shop.reclassify(ADMIN, shop.lead.id, stale)
    with pytest.raises(NotFound):
        shop.reclassify(ADMIN, lead(9).id, any_version)
    assert shop.stored == shop.lead
