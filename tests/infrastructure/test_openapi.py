"""The API's document: of every route, as generated, and true of its own examples."""

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

import jsonschema_rs
import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from tests.infrastructure.template import resources
from tests.infrastructure.test_functions import folder
from tools.openapi.__main__ import PATH, spelled
from tools.openapi.document import document
from tools.openapi.operation import Operation
from tools.openapi.operations import OPERATIONS

FUNCTIONS = resources("AWS::Serverless::Function")
EVERY_OPERATION = pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: one.id)


@cache
def validator(schema: str) -> jsonschema_rs.Draft202012Validator:
    """What checks values by a schema of the document, given as JSON."""
    whole = {"components": document()["components"], "allOf": [json.loads(schema)]}
    return jsonschema_rs.Draft202012Validator(whole)


def contents(operation: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every body of an operation, with where it is."""
    for kind, content in operation.get("requestBody", {}).get("content", {}).items():
        yield f"request {kind}", content
    for status, answer in operation["responses"].items():
        reference = answer.get("$ref", "").rsplit("/", 1)[-1]
        shown = document()["components"]["responses"][reference] if reference else answer
        for kind, content in shown.get("content", {}).items():
            yield f"{status} {kind}", content


def drawn(method: str, path: str) -> dict[str, Any]:
    """An operation of the document."""
    found: dict[str, Any] = document()["paths"][path][method]
    return found


def test_the_document_has_every_route_of_the_template_and_no_other() -> None:
    routes = {
        (event["Properties"]["Method"].lower(), event["Properties"]["Path"], folder(name))
        for name, function in FUNCTIONS.items()
        for event in function["Properties"].get("Events", {}).values()
        if event["Type"] == "Api"
    }
    assert {(one.method, one.path, one.function) for one in OPERATIONS} == routes


def test_a_route_is_open_to_anybody_where_the_document_says_so() -> None:
    unguarded = {
        event["Properties"]["Path"]
        for function in FUNCTIONS.values()
        for event in function["Properties"].get("Events", {}).values()
        if event["Type"] == "Api" and "Auth" in event["Properties"]
    }
    assert {one.path for one in OPERATIONS if not one.callers} == unguarded


def test_the_file_is_what_the_models_give() -> None:
    assert PATH.read_text() == spelled(), "the API has changed: `make openapi`"


def test_the_file_says_what_the_document_says_an_operation_or_a_schema_to_a_line() -> None:
    assert json.loads(spelled()) == document()
    lines = [line.strip(" ,") for line in spelled().splitlines() if line.startswith('   "')]
    parts = [part for name in ("paths", "components") for part in document()[name].values()]
    assert [json.loads(f"{{{line}}}") for line in lines] == [
        {name: one} for part in parts for name, one in part.items()
    ]


def test_the_document_is_valid() -> None:
    assert [str(error) for error in OpenAPIV31SpecValidator(document()).iter_errors()] == []


def test_operations_have_names_of_their_own() -> None:
    assert len({one.id for one in OPERATIONS}) == len(OPERATIONS)


@EVERY_OPERATION
def test_every_body_has_an_example_that_its_schema_allows(operation: Operation) -> None:
    wrong = {
        where: str(error)
        for where, content in contents(drawn(operation.method, operation.path))
        for error in validator(json.dumps(content["schema"])).iter_errors(content["example"])
    }
    assert wrong == {}


@EVERY_OPERATION
def test_every_operation_that_takes_credentials_may_refuse_them(operation: Operation) -> None:
    answers = drawn(operation.method, operation.path)["responses"]
    assert ("401" in answers) is bool(operation.callers)
    assert {"500", "503", "429"} <= answers.keys()
