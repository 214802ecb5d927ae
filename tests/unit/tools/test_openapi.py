"""The API's document: how schemas follow from models, and which refusals from a route."""

import json
import re
from typing import Any, ClassVar

import pytest
from pydantic import TypeAdapter

from leadflow.domain.model import Frozen, Request
from leadflow.domain.money import Percentage
from leadflow.runtime.representations.sparse import Sparse
from tests.api_contract import Seen, check_answer
from tools.local_stack.layout import ROOT
from tools.openapi.codes import STATUS_OF
from tools.openapi.document import codes_of, document
from tools.openapi.operation import Family, Operation
from tools.openapi.operations import OPERATIONS
from tools.openapi.schemas import Schemas

CODES = re.compile(r'code(?:, [a-z]+)? ?= ?(?:\d+, )?"([a-z_]+)"')
PROBLEM = """{"type": "urn:leadflow:problem:%(code)s", "title": "T", "status": %(status)d,
"detail": "D", "message": "D", "code": "%(code)s", "request_id": "R"}"""


class _Part(Request):
    size: int
    colour: str | None = None


class _Whole(Request):
    name: str
    part: _Part
    share: Percentage | None = None


class _Told(Sparse):
    optional: ClassVar[frozenset[str]] = frozenset({"note"})

    note: str | None
    other: str | None


class _Owned(Frozen):
    customer_id: str | None
    anything: str


def drawn(model: type[Any], family: Family) -> dict[str, Any]:
    schemas = Schemas()
    return schemas.resolved(schemas.add([model], family)[model])


def test_a_sparse_member_is_absent_and_never_null() -> None:
    schema = drawn(_Told, Family.ANSWER)

    assert schema["properties"]["note"] == {"type": "string"}
    assert schema["required"] == ["other"]
    assert {"type": "null"} in schema["properties"]["other"]["anyOf"]


def test_a_lean_body_has_no_null_anywhere() -> None:
    schema = drawn(_Whole, Family.LEAN)

    assert schema["properties"]["share"] == {"type": "number", "minimum": 0, "maximum": 100}
    assert schema["required"] == ["name", "part"]


def test_a_patch_may_leave_members_out_and_take_them_back_to_their_default() -> None:
    schemas = Schemas()
    patch = schemas.patch(schemas.add([_Whole], Family.REQUEST)[_Whole])

    assert "required" not in patch
    assert patch["properties"]["name"] == {"anyOf": [{"type": "string"}, {"type": "null"}]}
    assert patch["additionalProperties"] is False


def test_settings_may_leave_members_out_at_any_depth() -> None:
    schemas = Schemas()
    partial = schemas.partial(schemas.add([_Whole], Family.REQUEST)[_Whole])

    assert "required" not in partial["properties"]["part"]
    assert schemas.definitions["_Part"]["required"] == ["size"]


def test_members_that_hold_identifiers_say_of_what_kind() -> None:
    members = drawn(_Owned, Family.ANSWER)["properties"]

    assert members["customer_id"]["anyOf"][0]["pattern"] == "^cus_[0-9a-z]{26}$"
    assert "pattern" not in members["anything"]


@pytest.mark.parametrize(
    "operation",
    [one for one in OPERATIONS if one.body and one.body.family is Family.REQUEST],
    ids=lambda one: one.id,
)
def test_an_example_is_what_the_model_takes(operation: Operation) -> None:
    body = document()["paths"][operation.path][operation.method]["requestBody"]
    kind: Any = operation.body.type if operation.body else None
    model: TypeAdapter[object] = TypeAdapter(kind)

    assert model.validate_json(json.dumps(body["content"]["application/json"]["example"]))


def test_every_code_of_the_product_has_its_status() -> None:
    sources = (ROOT / "layers/leadflow/leadflow").rglob("*.py")
    named = {code for path in sources for code in CODES.findall(path.read_text())}

    assert {"in_use", "validation_failed", "idempotency_in_flight"} <= named
    assert named - STATUS_OF.keys() == {"bad_request", "unprocessable"}, "bases, never answered"


def test_refusals_follow_from_the_shape_of_a_route() -> None:
    by_id = {one.id: codes_of(one) for one in OPERATIONS}

    assert {"invalid_cursor", "validation_failed"} <= by_id["list_bids"]
    assert {"precondition_failed", "not_found", "malformed_json"} <= by_id["change_bid"]
    assert not {"unauthorized", "forbidden"} & by_id["list_public_auctions"]


@pytest.mark.parametrize(
    ("seen", "told"),
    [
        (Seen("GET", "/usage", 418, {}, ""), "which the document does not have"),
        (Seen("GET", "/usage", 200, {"Content-Type": "text/html"}, "{}"), "as 'text/html'"),
        (Seen("GET", "/usage", 200, {"content-type": "application/json"}, "{}"), "required"),
        (Seen("DELETE", "/bids/x", 204, {}, "text"), "with a body"),
        (Seen("GET", "/nothing", 200, {}, "{}"), "no such route"),
        (
            Seen(
                "GET",
                "/usage",
                403,
                {"Content-Type": "application/problem+json"},
                PROBLEM % {"code": "in_use", "status": 403},
            ),
            "code",
        ),
    ],
    ids=["status", "content-type", "body", "no-body", "route", "code"],
)
def test_an_answer_that_the_document_does_not_have_is_a_mistake(seen: Seen, told: str) -> None:
    with pytest.raises(AssertionError, match=told):
        check_answer(seen)


def test_an_answer_of_the_document_passes() -> None:
    refused = PROBLEM % {"code": "not_found", "status": 404}
    headers = {"Content-Type": "application/problem+json; charset=utf-8"}

    check_answer(Seen("GET", "/bids/bid_1", 404, headers, refused))
    check_answer(Seen("GET", "/nothing", 404, headers, refused))
