"""Changes of one lead at the same moment, over DynamoDB (C1, C6).

They are made past the handlers: a process of Lambda has one event at hand, and threads here would
read each other's.
"""

from functools import partial

import pytest

from leadflow.adapters.dynamodb.leads import DynamoLeads
from leadflow.application.caller_scope import tenant_scope
from leadflow.application.edit_lead import LeadEdit
from leadflow.application.lead_desk import UPDATE_LEADS
from leadflow.domain.leads import LeadStatus
from leadflow.runtime import lead_actions
from tests.builders import TENANT_ID
from tests.fakes.distribution import ScriptedDistribution
from tests.integration.one_lead import ADMIN, LEAD_ID, keep, scripted_machine, stored
from tests.integration.races import at_once

SCOPE = tenant_scope(ADMIN, UPDATE_LEADS)
RACERS = 4


@pytest.fixture(autouse=True)
def machine(tables: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> ScriptedDistribution:
    return scripted_machine(monkeypatch)


def any_version(_version: int) -> None:
    """The check of a request without If-Match."""


def edit(title: str, value: str) -> str:
    change = LeadEdit(contact={title: value})
    lead_actions.edit_lead()(SCOPE, LEAD_ID, change, any_version)
    return "edited"


def release() -> str:
    lead_actions.release_audited_lead()(SCOPE, LEAD_ID, None)
    return "released"


def delete() -> str:
    lead_actions.delete_lead()(SCOPE, LEAD_ID, any_version, None)
    return "deleted"


def test_of_releases_at_once_one_is_accepted(machine: ScriptedDistribution) -> None:
    keep(LeadStatus.AUDIT)
    raced = at_once([release] * RACERS)
    assert raced.done == ["released"]
    assert raced.refused == {"invalid_status": RACERS - 1}
    assert len(machine.started) == 1
    assert len(stored().flow_ids) == 2


def test_of_deletions_at_once_one_deletes() -> None:
    keep()
    raced = at_once([delete] * RACERS)
    assert raced.done == ["deleted"]
    assert raced.refused == {"not_found": RACERS - 1}


def test_edits_at_once_are_all_kept() -> None:
    keep()
    titles = ["first_name", "last_name", "city", "address_1"][:RACERS]
    raced = at_once([partial(edit, title, title) for title in titles])
    assert len(raced.done) == RACERS
    assert {title: stored().values[title] for title in titles} == {one: one for one in titles}


@pytest.mark.parametrize("_round", range(3))
def test_an_edit_against_a_release_and_a_deletion_has_a_serial_outcome(_round: int) -> None:
    keep(LeadStatus.AUDIT)
    raced = at_once([partial(edit, "city", "Austin"), release, delete])
    left = DynamoLeads().get(TENANT_ID, LEAD_ID)
    assert set(raced.refused) <= {"not_found", "invalid_status"}
    assert (left is None) is ("deleted" in raced.done)
    assert ("released" in raced.done) is ("deleted" not in raced.done)
    assert left is None or (left.values.get("city") == "Austin") is ("edited" in raced.done)
