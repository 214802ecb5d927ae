"""An example for every body, made from its schema: the same ones for the same schema."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from tools.openapi.identifiers import Node, Schema
from tools.openapi.identifiers import example as example_identifier

Definitions = Mapping[str, Schema]

DEPTH_MAX = 12
"""Levels of an example; schemas that refer to themselves go no deeper."""

_IDENTIFIER = re.compile(r"\^([a-z]+)_\[0-9a-z\]\{26\}\$")
_FORMATS = {
    "date-time": "2026-01-31T12:00:00Z",
    "date": "2026-01-31",
    "uuid": "9b0f8f0e-0000-4000-8000-000000000000",
}
_PATTERNS = {r"\S": "Column", "^urn:leadflow:problem:[a-z_]+$": "urn:leadflow:problem:internal"}
_AMOUNT, _SMALL = 4_500, 50
_TEXTS = {
    "email": "jane.doe@example.com",
    "phone": "4045550123",
    "zip": "30303",
    "state": "GA",
    "county": "Fulton County",
    "city": "Atlanta",
    "country": "US",
    "url": "https://example.com/leads",
    "receipt_url": "https://example.com/receipts/1",
    "description": "By wire, 2026-01-31",
    "note": "The number is not in service.",
    "reason": "other",
    "detail": "Something went wrong on our side.",
    "message": "Something went wrong on our side.",
    "request_id": "11111111-2222-3333-4444-555555555555",
    "first_name": "Jane",
    "last_name": "Doe",
    "address_1": "1 Peachtree St",
    "address": "1 Peachtree St, Atlanta, GA 30303",
    "filename": "leads.csv",
    "property": "zip",
    "set_field": "city",
    "field": "city",
    "start": "bidding",
    "title": "first_name",
    "name": "Solar",
    "currency": "USD",
    "error": "Ping ID has expired",
}


def example_of(schema: Schema, definitions: Definitions) -> object:
    """A value that the schema allows."""
    return _example(schema, definitions, "", 0)


def _example(schema: Schema, definitions: Definitions, name: str, depth: int) -> Node:
    if "$ref" in schema:
        target = definitions[schema["$ref"].rsplit("/", 1)[-1]]
        return _example(target, definitions, name, depth)
    for given in ("const", "default"):
        if schema.get(given) not in (None, ""):
            return schema[given]
    if "enum" in schema:
        return schema["enum"][0]
    if "allOf" in schema:
        return _example(_merged(schema["allOf"], definitions), definitions, name, depth)
    for alternatives in ("anyOf", "oneOf"):
        if alternatives in schema and "type" not in schema:
            return _example(schema[alternatives][0], definitions, name, depth)
    return _of_type(schema, definitions, name, depth)


def _of_type(schema: Schema, definitions: Definitions, name: str, depth: int) -> Node:
    kinds = schema.get("type", "string")
    kind = kinds if isinstance(kinds, str) else kinds[0]
    if kind == "object":
        return _object(schema, definitions, depth)
    if kind == "array":
        return _array(schema, definitions, name, depth)
    if kind in {"integer", "number"}:
        return _number(schema)
    return {"boolean": True, "null": None}.get(kind, _text(schema, name))


def _object(schema: Schema, definitions: Definitions, depth: int) -> dict[str, Any]:
    members, required = schema.get("properties", {}), schema.get("required", [])
    wanted = [one for one in members if one in required or depth < 1]
    if depth > DEPTH_MAX:
        wanted = required
    found = {one: _example(members[one], definitions, one, depth + 1) for one in wanted}
    if schema.get("minProperties") and not found:
        return {"Column": "first_name"}
    return found


def _array(schema: Schema, definitions: Definitions, name: str, depth: int) -> list[Any]:
    if "prefixItems" in schema or depth > DEPTH_MAX:
        return []
    one = _example(schema.get("items", {}), definitions, name, depth + 1)
    return [one] * max(1, schema.get("minItems", 1))


def _number(schema: Schema) -> int:
    low: float = schema["minimum"] if "minimum" in schema else schema.get("exclusiveMinimum", 0)
    high: float = schema.get("maximum") or 10**13
    return int(min(max(_AMOUNT if high > _AMOUNT else _SMALL, low + 1), high))


def _text(schema: Schema, name: str) -> str:
    pattern = schema.get("pattern", "")
    if known := _IDENTIFIER.fullmatch(pattern):
        return example_identifier(known[1])
    if pattern in _PATTERNS:
        return _PATTERNS[pattern]
    if schema.get("format") in _FORMATS:
        return _FORMATS[schema["format"]]
    return _TEXTS.get(name, "text")


def _merged(schemas: Sequence[Schema], definitions: Definitions) -> Schema:
    """The first schema, with what the others say of its members."""
    resolved = [
        definitions[one["$ref"].rsplit("/", 1)[-1]] if "$ref" in one else one for one in schemas
    ]
    members = dict(resolved[0]["properties"])
    for other in resolved[1:]:
        members |= {name: members[name] | one for name, one in other["properties"].items()}
    kept = [name for name in members if name in resolved[0]["required"]]
    return resolved[0] | {"properties": {name: members[name] for name in kept}}
