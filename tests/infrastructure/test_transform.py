"""The template as CloudFormation will see it."""

from typing import Any

from tests.infrastructure.template import resources
from tests.infrastructure.test_functions import PUBLIC

RESOURCES_MAX = 500
"""What CloudFormation takes in one stack."""


def count(made: dict[str, Any], kind: str) -> int:
    return sum(resource["Type"] == kind for resource in made.values())


def test_sam_understands_the_template(transformed: dict[str, Any]) -> None:
    functions = resources("AWS::Serverless::Function")
    machines = resources("AWS::Serverless::StateMachine")
    assert count(transformed, "AWS::Lambda::Function") == len(functions)
    assert count(transformed, "AWS::StepFunctions::StateMachine") == len(machines)


def test_one_stack_holds_it_all(transformed: dict[str, Any]) -> None:
    assert len(transformed) <= RESOURCES_MAX


def test_every_function_gets_a_role_of_its_own(transformed: dict[str, Any]) -> None:
    roles = [
        resource["Properties"]["Role"]["Fn::GetAtt"][0]
        for resource in transformed.values()
        if resource["Type"] == "AWS::Lambda::Function"
    ]
    assert len(roles) == len(set(roles))
    assert all(transformed[role]["Type"] == "AWS::IAM::Role" for role in roles)


def test_every_method_of_the_api_but_the_public_ones_asks_the_authorizer(
    transformed: dict[str, Any],
) -> None:
    [api] = [one for one in transformed.values() if one["Type"] == "AWS::ApiGateway::RestApi"]
    asked = {
        (name, path): method["security"]
        for path, methods in api["Properties"]["Body"]["paths"].items()
        for name, method in methods.items()
    }
    for path in PUBLIC:
        assert asked.pop(("get", path)) == [{"NONE": []}]
    assert all(security == [{"RequestAuthorizer": []}] for security in asked.values())
