"""What API Gateway answers by itself is what the API's document says of such an answer."""

import json

import pytest

from tests.infrastructure.template import resources

ANSWERS = resources("AWS::ApiGateway::GatewayResponse")
EVERY_ANSWER = pytest.mark.parametrize("name", sorted(ANSWERS))


@EVERY_ANSWER
def test_an_answer_of_the_gateway_is_a_problem_document(name: str) -> None:
    properties = ANSWERS[name]["Properties"]
    body = json.loads(properties["ResponseTemplates"]["application/json"])
    assert str(body["status"]) == properties["StatusCode"]
    assert body["type"] == f"urn:leadflow:problem:{body['code']}"


def test_who_is_throttled_is_told_when_to_come_back() -> None:
    parameters = ANSWERS["ThrottledResponse"]["Properties"]["ResponseParameters"]
    assert parameters["gatewayresponse.header.Retry-After"] == "'1'"
