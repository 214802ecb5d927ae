"""Only trials may call partners on loopback."""

from typing import Any

import pytest

from tests.infrastructure.template import template
from tools.local_stack import layout, sam

Condition = dict[str, Any]


def is_true(condition: Condition, parameters: dict[str, str]) -> bool:
    """A condition of a rule, with the functions that this template's rules use."""
    [(name, arguments)] = condition.items()
    if name == "Fn::Or":
        return any(is_true(one, parameters) for one in arguments)
    known = [parameters[one["Ref"]] if isinstance(one, dict) else one for one in arguments]
    return known[1] in known[0] if name == "Fn::Contains" else known[0] == known[1]


@pytest.mark.parametrize(
    ("stage", "allowed", "is_deployable"),
    [
        ("local", "true", True),
        ("sandbox", "true", True),
        ("production", "true", False),
        ("production", "false", True),
        ("local", "false", True),
    ],
)
def test_loopback_is_for_trials(stage: str, allowed: str, is_deployable: bool) -> None:
    parameters = {"Stage": stage, "AllowLoopbackPartners": allowed}
    rule = template()["Rules"]["LoopbackIsForTrials"]
    held = [is_true(one["Assert"], parameters) for one in rule["Assertions"]]
    assert all(held) is is_deployable


def test_every_stage_that_is_not_listed_refuses_loopback() -> None:
    stages = set(template()["Parameters"]["Stage"]["AllowedValues"])
    assert stages == {"local", "sandbox", "production"}
    assert template()["Parameters"]["AllowLoopbackPartners"]["Default"] == "false"


def test_the_functions_hear_of_it() -> None:
    variables = template()["Globals"]["Function"]["Environment"]["Variables"]
    assert variables["ALLOW_LOOPBACK_PARTNERS"] == {"Ref": "AllowLoopbackPartners"}


def test_the_local_stack_calls_stubs_on_loopback() -> None:
    assert layout.STAGE == "local"
    assert "ParameterKey=AllowLoopbackPartners,ParameterValue=true" in sam._parameters()
