"""The template as CloudFormation will see it."""

import copy
from typing import Any

import pytest
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator

from tests.infrastructure.template import template

UPLOADED = "s3://bucket/key"
LOCAL_PATHS = {
    "AWS::Serverless::Function": "CodeUri",
    "AWS::Serverless::LayerVersion": "ContentUri",
    "AWS::Serverless::StateMachine": "DefinitionUri",
}


@pytest.fixture(scope="session")
def transformed() -> dict[str, Any]:
    """The resources that SAM makes of the template, as if it had been packaged."""
    packaged = copy.deepcopy(template())
    for resource in packaged["Resources"].values():
        if member := LOCAL_PATHS.get(resource["Type"]):
            resource["Properties"][member] = UPLOADED
    known = {name: given["Default"] for name, given in packaged["Parameters"].items()}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        translated: dict[str, Any] = Translator({}, Parser()).translate(packaged, known)
    resources: dict[str, Any] = translated["Resources"]
    return resources
