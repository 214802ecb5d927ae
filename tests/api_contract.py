"""Every answer that a test gets is one that the API's document allows (`docs/adr/0035`)."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import jsonschema_rs

from tools.openapi.__main__ import PATH

_DOCUMENT = "urn:leadflow:openapi"
_MISTAKES_MAX = 5
"""Mistakes of one answer that are told."""


@dataclass(frozen=True)
class Seen:
    """A request and what was answered; the path is the one behind the URL of the API."""

    method: str
    path: str
    status: int
    headers: Mapping[str, str]
    text: str

    @property
    def content_type(self) -> str:
        """Without its parameters."""
        found = {name.lower(): value for name, value in self.headers.items()}
        return found.get("content-type", "").partition(";")[0]


def check_answer(seen: Seen) -> None:
    """Fail unless the document has the answer's status, content type, headers and body."""
    template, operation = _template(seen.path), operation_at(seen.method, seen.path)
    if operation is None:
        assert seen.status in {401, 403, 404}, f"no such route, and {seen.status}: {seen}"
        return
    where = f"{seen.method} {template} answered {seen.status}"
    answer = operation["responses"].get(str(seen.status))
    assert answer is not None, f"{where}, which the document does not have: {seen.text}"
    _check_body(where, _pointer(str(template), seen), _resolved(answer), seen)


def operation_at(method: str, path: str) -> Mapping[str, Any] | None:
    """What the document has for a request; None: there is no such route."""
    operations: Mapping[str, Any] = _paths().get(_template(path) or "", {})
    return operations.get(method.lower())


def _check_body(where: str, pointer: str, answer: Mapping[str, Any], seen: Seen) -> None:
    contents = answer.get("content")
    if contents is None:
        assert not seen.text, f"{where} with a body: {seen.text}"
        return
    assert seen.content_type in contents, f"{where} as {seen.content_type!r}"
    body = json.loads(seen.text)
    checked = _validator(_content(pointer, answer, seen.content_type))
    mistakes = [
        f"{'.'.join(map(str, one.instance_path))}: {one.message}"
        for one in checked.iter_errors(body)
    ]
    assert not mistakes, f"{where}: {mistakes[:_MISTAKES_MAX]} in {seen.text}"


@cache
def _document() -> dict[str, Any]:
    document: dict[str, Any] = json.loads(PATH.read_text())
    return document


def _paths() -> Mapping[str, Any]:
    paths: Mapping[str, Any] = _document()["paths"]
    return paths


@cache
def _patterns() -> list[tuple[re.Pattern[str], str]]:
    """Paths without parameters come first: they are never an object's."""
    ordered = sorted(_paths(), key=lambda path: (path.count("{"), path))
    return [(re.compile(re.sub(r"\{\w+\}", "[^/]+", path)), path) for path in ordered]


@cache
def _template(path: str) -> str | None:
    return next((found for pattern, found in _patterns() if pattern.fullmatch(path)), None)


def _resolved(answer: Mapping[str, Any]) -> Mapping[str, Any]:
    if "$ref" not in answer:
        return answer
    found: Mapping[str, Any] = _document()["components"]["responses"][_name(answer)]
    return found


def _name(answer: Mapping[str, Any]) -> str:
    return str(answer["$ref"]).rsplit("/", 1)[-1]


def _pointer(template: str, seen: Seen) -> str:
    """Where the document has the answer."""
    answer = _paths()[template][seen.method.lower()]["responses"][str(seen.status)]
    if "$ref" in answer:
        return str(answer["$ref"])
    return f"#/paths/{_escaped(template)}/{seen.method.lower()}/responses/{seen.status}"


def _content(pointer: str, answer: Mapping[str, Any], content_type: str) -> str:
    assert content_type in answer["content"]
    return f"{_DOCUMENT}{pointer}/content/{_escaped(content_type)}/schema"


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1").replace("{", "%7B").replace("}", "%7D")


@cache
def _registry() -> jsonschema_rs.Registry:
    return jsonschema_rs.Registry([(_DOCUMENT, _document())])


@cache
def _validator(reference: str) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(
        {"$ref": reference}, registry=_registry(), validate_formats=True
    )
