"""The distribution plan."""

import pytest

from leadflow.domain.plans import Choice
from leadflow.domain.scopes import Scope
from tests.builders import plan, stage

PLAN = plan(stage(0), stage(1), stage(2))


def test_a_stage_is_found_by_its_id() -> None:
    assert PLAN.stage(stage(1).id) == stage(1)
    with pytest.raises(KeyError):
        PLAN.stage("stage_none")


def test_the_stages_behind_another_one_keep_their_order() -> None:
    assert PLAN.after(None) == PLAN.stages
    assert PLAN.after(stage(0).id) == PLAN.stages[1:]
    assert not PLAN.after(stage(2).id)


def test_a_stage_takes_bids_of_all_scopes_and_no_partners_unless_told() -> None:
    settings = stage().settings
    assert settings.bids.enabled
    assert set(settings.bids.scopes) == set(Scope)
    assert not settings.partners.enabled


@pytest.mark.parametrize(
    ("choice", "takes"),
    [
        (Choice(), []),
        (Choice(enabled=True), ["a", "b", "c"]),
        (Choice(enabled=True, include=("a",)), ["a"]),
        (Choice(enabled=True, include=()), []),
        (Choice(enabled=True, exclude=("a",)), ["b", "c"]),
        (Choice(include=("a",)), []),
    ],
)
def test_a_choice_takes_all_those_included_or_all_but_those_excluded(
    choice: Choice, takes: list[str]
) -> None:
    assert [one for one in ("a", "b", "c") if choice.takes(one)] == takes
