"""The parts of the document that all operations share (`api.md`, 1 and 2)."""

from collections.abc import Mapping

from leadflow.runtime.idempotency import KEY_CHARACTERS_MAX
from leadflow.runtime.pagination import LIMIT_DEFAULT, LIMIT_MAX
from tools.openapi.codes import STATUS_OF
from tools.openapi.identifiers import Schema, identifier

INFO = {
    "title": "Leadflow",
    "version": "1.0.0",
    "description": "Lead distribution: pings, posts, auctions, wallets, and why a lead went where.",
    "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
}
SECURITY_SCHEMES = {
    "SourceKey": {
        "type": "http",
        "scheme": "basic",
        "description": "A source's API key and secret.",
    },
    "SourceToken": {"type": "http", "scheme": "bearer", "description": "A source's bearer token."},
    "UserToken": {"type": "http", "scheme": "bearer", "description": "A user's token."},
}
PROBLEM: Schema = {
    "type": "object",
    "description": "Why a request was refused (RFC 9457).",
    "properties": {
        "type": {"type": "string", "pattern": "^urn:leadflow:problem:[a-z_]+$"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "message": {"type": "string"},
        "code": {"type": "string", "enum": sorted(STATUS_OF)},
        "request_id": {"type": "string"},
        "errors": {
            "type": "object",
            "description": "Messages by the path of the member that is wrong.",
            "additionalProperties": {"type": "array", "items": {"type": "string"}, "minItems": 1},
        },
        "error": {"type": "string", "description": "The text once more, for refused posts."},
    },
    "required": ["type", "title", "status", "detail", "message", "code", "request_id"],
    "additionalProperties": False,
}
HEADERS: Mapping[str, Schema] = {
    "ETag": {
        "description": "The version, for `If-Match`.",
        "schema": {"type": "string", "pattern": '^"[0-9]+"$'},
    },
    "Retry-After": {
        "description": "Seconds after which to try again.",
        "schema": {"type": "integer", "minimum": 0},
    },
    "Idempotent-Replayed": {
        "description": "`true` where an earlier answer is given again.",
        "schema": {"type": "string", "const": "true"},
    },
}
PARAMETERS: Mapping[str, Schema] = {
    "Limit": {
        "name": "limit",
        "in": "query",
        "description": "The most objects on the page.",
        "schema": {
            "type": "integer",
            "minimum": 1,
            "maximum": LIMIT_MAX,
            "default": LIMIT_DEFAULT,
        },
    },
    "Cursor": {
        "name": "cursor",
        "in": "query",
        "description": "The `next_cursor` of the page before, with the same filters.",
        "schema": {"type": "string"},
    },
    "IdempotencyKey": {
        "name": "Idempotency-Key",
        "in": "header",
        "description": "The same request with the same key has one effect and one answer for 24 h.",
        "schema": {
            "type": "string",
            "minLength": 1,
            "maxLength": KEY_CHARACTERS_MAX,
            "pattern": "^[ -~]+$",
        },
    },
    "IfMatch": {
        "name": "If-Match",
        "in": "header",
        "description": "The `ETag` of the version that is meant; any version without it.",
        "schema": {"type": "string", "pattern": r'^(\*|"[0-9]+")$'},
    },
    "PartnerId": {
        "name": "X-Partner-Id",
        "in": "header",
        "description": "The partner to whom the submission is attributed.",
        "schema": identifier("partner"),
    },
}
