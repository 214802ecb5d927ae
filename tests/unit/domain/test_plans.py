"""The distribution plan."""

import pytest

from leadflow.domain.plans import AVAILABLE_METHODS, Method
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


def test_only_methods_with_a_function_are_available() -> None:
    assert {Method.HIGHEST_PRICE} == AVAILABLE_METHODS
