"""The roles that SAM makes of the template: who may take them, and what comes on top of ours."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from tests.infrastructure.template import Resource

LOGS_AND_TRACES = {
    "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole",
    "arn:aws:iam::aws:policy/AWSXrayWriteOnlyAccess",
}
SERVICES = ["lambda.amazonaws.com", "scheduler.amazonaws.com", "states.amazonaws.com"]
Roles = Mapping[str, Resource]


@pytest.fixture
def roles(transformed: dict[str, Any]) -> Roles:
    return {
        name: made["Properties"]
        for name, made in transformed.items()
        if made["Type"] == "AWS::IAM::Role"
    }


def allowed(role: Resource) -> list[Resource]:
    return [
        statement
        for policy in role.get("Policies", [])
        for statement in policy["PolicyDocument"]["Statement"]
    ]


def test_a_role_is_taken_by_one_service_and_by_nobody_else(roles: Roles) -> None:
    assert roles
    for role in roles.values():
        [trust] = role["AssumeRolePolicyDocument"]["Statement"]
        [service] = trust["Principal"]["Service"]
        assert service in SERVICES
        assert set(trust["Principal"]) == {"Service"}


def test_what_comes_on_top_of_our_statements_is_for_logs_and_traces(roles: Roles) -> None:
    managed = [set(role.get("ManagedPolicyArns") or []) for role in roles.values()]
    assert all(one <= LOGS_AND_TRACES for one in managed)


def test_no_statement_of_a_role_is_about_everything(roles: Roles) -> None:
    stated = [one for role in roles.values() for one in allowed(role)]
    assert stated
    assert not [one for one in stated if one["Resource"] == "*" or "*" in one["Resource"]]
    assert not [one for one in stated if "*" in json.dumps(one["Action"])]


def test_a_schedule_starts_its_own_function_and_nothing_else(roles: Roles) -> None:
    scheduled = {
        name: role
        for name, role in roles.items()
        if "scheduler" in json.dumps(role["AssumeRolePolicyDocument"])
    }
    assert scheduled
    for name, role in scheduled.items():
        [statement] = allowed(role)
        assert statement["Action"] == "lambda:InvokeFunction"
        [(_, (function, _))] = statement["Resource"].items()
        assert name.startswith(function)
