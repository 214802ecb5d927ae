"""Only trials may plan faults, and no client is made before they are armed."""

import ast

import pytest

from tests.infrastructure.template import ROOT, template
from tests.infrastructure.test_outbound import is_true

RUNTIME = ROOT / "layers/leadflow/leadflow/runtime"
PLAN = '{"rules": [{"call": 1, "kinds": ["lost"]}]}'


@pytest.mark.parametrize(
    ("stage", "plan", "is_deployable"),
    [
        ("local", PLAN, True),
        ("sandbox", PLAN, True),
        ("production", PLAN, False),
        ("production", "", True),
        ("local", "", True),
    ],
)
def test_faults_are_for_trials(stage: str, plan: str, is_deployable: bool) -> None:
    parameters = {"Stage": stage, "FaultPlan": plan}
    rule = template()["Rules"]["FaultsAreForTrials"]
    held = [is_true(one["Assert"], parameters) for one in rule["Assertions"]]
    assert all(held) is is_deployable


def test_the_functions_hear_of_them_and_none_are_planned_by_itself() -> None:
    variables = template()["Globals"]["Function"]["Environment"]["Variables"]
    assert variables["FAULT_PLAN"] == {"Ref": "FaultPlan"}
    assert template()["Parameters"]["FaultPlan"]["Default"] == ""


def test_whoever_makes_a_client_asks_for_the_settings_where_faults_are_armed() -> None:
    asking = {
        path.relative_to(RUNTIME).as_posix()
        for path in RUNTIME.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ImportFrom)
        and node.module == "leadflow.runtime.settings"
        and "settings" in {alias.name for alias in node.names}
    }
    assert asking == {"container/foundation.py"}


def test_the_injector_is_named_where_it_is_armed_alone() -> None:
    package = RUNTIME.parent
    naming = [
        path.relative_to(package).as_posix()
        for path in package.rglob("*.py")
        if "adapters.faults" in path.read_text()
    ]
    assert naming == ["runtime/container/foundation.py"]
