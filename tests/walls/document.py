"""What the OpenAPI document says that can be tried: routes, filters and bodies that name others."""

import json
from collections.abc import Iterator
from functools import cache
from typing import cast

from tests.infrastructure.template import ROOT
from tests.walls.world import Json

FILE = ROOT / "functions/show_api_document/openapi.json"
METHODS = {"get", "post", "put", "patch", "delete"}
NAMES_OTHERS = ("_id", "_ids")
LISTS_OF_OTHERS = {"include", "exclude"}
OF_FILTERS = {
    "customer_id": "customer",
    "lead_category_id": "category",
    "lead_type_id": "type",
    "partner_id": "partner",
    "source_id": "source",
}
"""The kind of thing that a filter names. A text that is searched for is tried with ids of leads."""

SEARCHED = {"q": "lead", "search": "lead"}


@cache
def document() -> Json:
    """The document as it is served."""
    return cast("Json", json.loads(FILE.read_text()))


def names() -> list[str]:
    """Every route, as `GET /leads/{id}`."""
    return [f"{method.upper()} {path}" for path, method, _ in _operations()]


def filters() -> dict[str, dict[str, str]]:
    """Lists with those of their filters that name something: parameter -> kind."""
    found = {
        path: {one["name"]: _kind_of(path, one["name"]) for one in _filters_of(operation)}
        for path, method, operation in _operations()
        if method == "get" and "{" not in path
    }
    return {path: named for path, named in found.items() if named}


def members_that_name() -> set[tuple[str, str]]:
    """Routes with the members of their bodies that name something."""
    return {
        (f"{method.upper()} {path}", member)
        for path, method, operation in _operations()
        for member in _members(_body(operation), ())
        if member.endswith(NAMES_OTHERS) or member in LISTS_OF_OTHERS
    }


def _operations() -> Iterator[tuple[str, str, Json]]:
    for path, operations in document()["paths"].items():
        for method, operation in operations.items():
            if method in METHODS:
                yield path, method, operation


def _filters_of(operation: Json) -> Iterator[Json]:
    for one in operation.get("parameters", []):
        if one.get("in") == "query" and (one["name"].endswith("_id") or one["name"] in SEARCHED):
            yield one


def _kind_of(path: str, name: str) -> str:
    kinds = OF_FILTERS | SEARCHED
    assert name in kinds, f"GET {path}?{name}=: say in OF_FILTERS what it names"
    return kinds[name]


def _body(operation: Json) -> Json:
    content = operation.get("requestBody", {}).get("content", {})
    return cast("Json", content.get("application/json", {}).get("schema", {}))


def _members(schema: Json, seen: tuple[str, ...]) -> Iterator[str]:
    """The names of all members of a schema, of those inside of it too."""
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[-1]
        if name not in seen:
            yield from _members(document()["components"]["schemas"][name], (*seen, name))
    for name, member in schema.get("properties", {}).items():
        yield name
        yield from _members(member, seen)
    for inside in _inner(schema):
        yield from _members(inside, seen)


def _inner(schema: Json) -> Iterator[Json]:
    for name in ("anyOf", "oneOf", "allOf", "prefixItems"):
        yield from schema.get(name, [])
    for name in ("items", "additionalProperties"):
        if isinstance(schema.get(name), dict):
            yield schema[name]
