"""The document as a whole: paths, parameters, bodies, answers, refusals, links."""

from collections.abc import Iterable, Sequence
from functools import cache

from pydantic import BaseModel

from leadflow.runtime.pagination import LIMIT_MAX
from leadflow.runtime.problems import CONTENT_TYPE, TITLES
from tools.openapi.codes import by_status
from tools.openapi.components import HEADERS, INFO, PARAMETERS, PROBLEM, SECURITY_SCHEMES
from tools.openapi.examples import example_of
from tools.openapi.identifiers import Schema, identifier
from tools.openapi.operation import Caller, Family, Operation, Shape
from tools.openapi.operations import OPERATIONS
from tools.openapi.schemas import REFERENCE, Schemas

JSON = "application/json"
_ALWAYS = ("rate_limited", "internal", "unavailable")
_PATH_NUMBER = {"type": "integer", "minimum": 1, "maximum": 999_999_999}


@cache
def document() -> Schema:
    """The OpenAPI document."""
    return _Document().whole()


def codes_of(operation: Operation) -> set[str]:
    """Every code that the operation may refuse with: named ones, and those of its shape."""
    codes = {*operation.codes, *_ALWAYS}
    if operation.callers:
        codes |= {"unauthorized", "forbidden"}
    if operation.path_parameters:
        codes.add("not_found")
    if operation.filters or operation.is_listing or operation.body or operation.is_mutating:
        codes.add("validation_failed")
    if operation.is_listing:
        codes.add("invalid_cursor")
    if operation.body:
        codes |= {"malformed_json", "payload_too_large"}
    if operation.is_mutating:
        codes |= {"conflict", "idempotency_in_flight", "idempotency_key_reused"}
    if operation.has_version:
        codes.add("precondition_failed")
    return codes


class _Document:
    """Schemas are drawn family by family, so that names do not depend on the order of routes."""

    def __init__(self) -> None:
        self.schemas = Schemas()
        self.drawn: dict[tuple[object, Family], Schema] = {}
        self.refusals: dict[str, Schema] = {}
        shapes = [shape for operation in OPERATIONS for shape in _shapes(operation)]
        filters = [one.filters for one in OPERATIONS if one.filters]
        self._draw(Family.REQUEST, [*_types(shapes, _WRITTEN), *filters])
        self._draw(Family.ANSWER, _types(shapes, {Family.ANSWER}))
        self._draw(Family.LEAN, _types(shapes, {Family.LEAN}))

    def _draw(self, family: Family, types: Iterable[object]) -> None:
        for one, schema in self.schemas.add(types, family).items():
            self.drawn[(one, family)] = schema

    def whole(self) -> Schema:
        paths: dict[str, Schema] = {}
        for operation in OPERATIONS:
            paths.setdefault(operation.path, {})[operation.method] = self._operation(operation)
        used = {one.filters.__name__ for one in OPERATIONS if one.filters}
        definitions = {
            name: schema for name, schema in self.schemas.definitions.items() if name not in used
        }
        return {
            "openapi": "3.1.0",
            "info": INFO,
            "servers": [{"url": "/", "description": "The `api_url` of the stack."}],
            "tags": [{"name": tag} for tag in dict.fromkeys(one.tag for one in OPERATIONS)],
            "paths": paths,
            "components": {
                "schemas": dict(sorted({**definitions, "Problem": PROBLEM}.items())),
                "responses": dict(sorted(self.refusals.items())),
                "parameters": PARAMETERS,
                "headers": HEADERS,
                "securitySchemes": SECURITY_SCHEMES,
            },
        }

    def _operation(self, operation: Operation) -> Schema:
        drawn: Schema = {
            "operationId": operation.id,
            "summary": operation.summary,
            "tags": [operation.tag],
            "security": _security(operation.callers),
            "x-function": operation.function,
            "x-callers": list(operation.callers),
        }
        if operation.permission:
            drawn["x-permission"] = operation.permission
        if parameters := self._parameters(operation):
            drawn["parameters"] = parameters
        if operation.body:
            content = self._content(self._schema(operation.body))
            content[JSON]["example"] = operation.example or content[JSON]["example"]
            drawn["requestBody"] = {"required": operation.needs_body, "content": content}
        return {**drawn, "responses": self._answers(operation)}

    def _parameters(self, operation: Operation) -> list[Schema]:
        parameters = [_path_parameter(operation, name) for name in operation.path_parameters]
        if operation.filters:
            parameters += self._filters(operation.filters)
        if operation.is_listing:
            parameters += [_reference("parameters", name) for name in ("Limit", "Cursor")]
        if operation.is_mutating:
            parameters.append(_reference("parameters", "IdempotencyKey"))
        if operation.has_version:
            parameters.append(_reference("parameters", "IfMatch"))
        if operation.callers == (Caller.SOURCE,):
            parameters.append(_reference("parameters", "PartnerId"))
        return parameters

    def _filters(self, filters: type[BaseModel]) -> list[Schema]:
        schema = self.schemas.resolved(self.drawn[(filters, Family.REQUEST)])
        required = schema.get("required", [])
        return [
            {"name": name, "in": "query", "required": name in required, "schema": _in_query(member)}
            for name, member in schema["properties"].items()
        ]

    def _schema(self, shape: Shape) -> Schema:
        if shape.family is Family.PATCH:
            return self.schemas.patch(self.drawn[(shape.type, Family.REQUEST)])
        if shape.family is Family.SETTINGS:
            return self.schemas.partial(self.drawn[(shape.type, Family.REQUEST)])
        schema = self.drawn[(shape.type, shape.family)]
        return _page_of(schema) if shape.is_listed else schema

    def _content(self, schema: Schema, content_type: str = JSON) -> Schema:
        example = example_of(schema, self.schemas.definitions | {"Problem": PROBLEM})
        return {content_type: {"schema": schema, "example": example}}

    def _answers(self, operation: Operation) -> Schema:
        answers = {
            str(status): self._answer(operation, status, shape)
            for status, shape in operation.answers.items()
        }
        refusals = {
            str(status): _reference("responses", self._refusal(status, codes))
            for status, codes in by_status(codes_of(operation)).items()
        }
        return {**answers, **refusals}

    def _answer(self, operation: Operation, status: int, shape: Shape | None) -> Schema:
        answer: Schema = {"description": _DESCRIPTIONS[status]}
        headers = ["ETag"] if operation.has_tag else []
        headers += ["Idempotent-Replayed"] if operation.is_mutating else []
        if headers:
            answer["headers"] = {name: _reference("headers", name) for name in headers}
        if shape:
            answer["content"] = self._content(self._schema(shape))
        if operation.makes:
            answer["links"] = _links(operation.makes)
        return answer

    def _refusal(self, status: int, codes: Sequence[str]) -> str:
        """The name of the answer that refuses with one of these codes."""
        name = ".".join((str(status), *codes))
        if name not in self.refusals:
            self.refusals[name] = self._refused(status, codes)
        return name

    def _refused(self, status: int, codes: Sequence[str]) -> Schema:
        members = {"status": {"const": status}, "code": {"enum": list(codes)}}
        schema = {"allOf": [{"$ref": f"{REFERENCE}Problem"}, {"properties": members}]}
        answer = {
            "description": TITLES[status],
            "content": self._content(schema, CONTENT_TYPE),
        }
        if {"rate_limited", "idempotency_in_flight"} & set(codes):
            answer["headers"] = {"Retry-After": _reference("headers", "Retry-After")}
        return answer


_WRITTEN = {Family.REQUEST, Family.PATCH, Family.SETTINGS}
_DESCRIPTIONS = {
    200: "Done, or found",
    201: "Made",
    202: "Begun; it goes on without the caller",
    204: "Done; there is nothing to tell",
}


def _shapes(operation: Operation) -> list[Shape]:
    answers = [shape for shape in operation.answers.values() if shape]
    return [operation.body, *answers] if operation.body else answers


def _types(shapes: Iterable[Shape], families: set[Family]) -> list[object]:
    return [shape.type for shape in shapes if shape.family in families]


def _security(callers: Sequence[Caller]) -> list[Schema]:
    """Without callers, anybody may call."""
    schemes = ["SourceKey", "SourceToken"] if Caller.SOURCE in callers else []
    schemes += ["UserToken"] if set(callers) - {Caller.SOURCE} else []
    return [{scheme: []} for scheme in schemes]


def _path_parameter(operation: Operation, name: str) -> Schema:
    kind = operation.kinds.get(name)
    schema = identifier(kind) if kind else _PATH_NUMBER
    return {"name": name, "in": "path", "required": True, "schema": schema}


def _in_query(schema: Schema) -> Schema:
    """A filter: a query has no null, and moments may be named by their day."""
    left = [one for one in schema.get("anyOf", [schema]) if one != {"type": "null"}]
    member = {name: one for name, one in schema.items() if name not in {"anyOf", "default"}}
    member |= left[0]
    if member.get("format") == "date-time":
        del member["format"]
        member["anyOf"] = [{"format": "date"}, {"format": "date-time"}]
    return member


def _page_of(schema: Schema) -> Schema:
    return {
        "type": "object",
        "properties": {
            "object": {"const": "list", "type": "string"},
            "data": {"type": "array", "items": schema, "maxItems": LIMIT_MAX},
            "has_more": {"type": "boolean"},
            "next_cursor": {"type": ["string", "null"]},
        },
        "required": ["object", "data", "has_more", "next_cursor"],
        "additionalProperties": False,
    }


def _links(prefix: str) -> Schema:
    """The operations whose path takes the identifier that was made."""
    return {
        other.id: {"operationId": other.id, "parameters": {f"path.{name}": "$response.body#/id"}}
        for other in OPERATIONS
        for name, kind in other.kinds.items()
        if kind == prefix
    }


def _reference(part: str, name: str) -> Schema:
    return {"$ref": f"#/components/{part}/{name}"}
