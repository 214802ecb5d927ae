"""Members that hold identifiers, and the shape of those (`api.md`, 1)."""

from collections.abc import Mapping
from typing import Any

PREFIXES: Mapping[str, str] = {
    "tenant_id": "tenant",
    "source_id": "source",
    "lead_category_id": "category",
    "lead_type_id": "type",
    "fallback_lead_type_id": "type",
    "customer_id": "cus",
    "partner_id": "partner",
    "lead_id": "lead",
    "lead_public_id": "lead",
    "submission_id": "submission",
    "flow_id": "flow",
    "auction_id": "auction",
    "demand_id": "demand",
    "offer_id": "offer",
    "import_id": "import",
    "stage_id": "stage",
    "return_request_id": "return",
    "flow_ids": "flow",
    "submission_ids": "submission",
}
"""The kind of identifier that a member of a name holds, wherever it is."""

KINDS: Mapping[str, str] = {
    "lead": "lead",
    "bid": "bid",
    "customer": "cus",
    "partner": "partner",
    "source": "source",
    "lead_category": "category",
    "lead_type": "type",
    "duplicate_check": "check",
    "audit_condition": "audit",
    "return_tier": "tier",
    "webhook": "webhook",
    "user": "user",
    "job": "job",
    "flow": "flow",
    "submission": "submission",
    "transaction": "txn",
    "auction": "auction",
    "buy_order": "order",
    "demand": "demand",
    "offer": "offer",
    "return_request": "return",
    "delivery": "delivery",
}
"""The kind of the `id` of an object that names itself so."""

Schema = dict[str, Any]
Node = Any
"""Any part of a schema: an object, a list or a value."""


def pattern(prefix: str) -> str:
    """What identifiers of a kind look like."""
    return f"^{prefix}_[0-9a-z]{{26}}$"


def identifier(prefix: str) -> Schema:
    """The schema of identifiers of a kind."""
    return {"type": "string", "pattern": pattern(prefix)}


def example(prefix: str) -> str:
    """An identifier of that kind."""
    return f"{prefix}_01arz3ndektsv4rrffq69g5fav"


def with_identifiers(schema: Node) -> Node:
    """The schema with a pattern wherever a member is known to hold an identifier."""
    if isinstance(schema, list):
        return [with_identifiers(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    walked = {name: with_identifiers(one) for name, one in schema.items()}
    if isinstance(members := walked.get("properties"), dict):
        kind = members.get("object", {}).get("const")
        prefixes = dict(PREFIXES) | ({"id": KINDS[kind]} if kind in KINDS else {})
        walked["properties"] = {
            name: _identifying(one, prefixes[name]) if name in prefixes else one
            for name, one in members.items()
        }
    return walked


def _identifying(schema: Schema, prefix: str) -> Schema:
    for alternatives in ("anyOf", "items"):
        inner = schema.get(alternatives)
        if isinstance(inner, list):
            return schema | {alternatives: [_identifying(one, prefix) for one in inner]}
        if isinstance(inner, dict):
            return schema | {alternatives: _identifying(inner, prefix)}
    is_text = schema.get("type") == "string" and not {"pattern", "format"} & schema.keys()
    return schema | {"pattern": pattern(prefix)} if is_text else schema
