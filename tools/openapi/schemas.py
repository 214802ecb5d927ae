"""JSON schemas of the code's models: what pydantic draws, corrected by how bodies are dumped."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import cache

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from tools.openapi.identifiers import Node, Schema, with_identifiers
from tools.openapi.operation import Family

REFERENCE = "#/components/schemas/"
_SPARSE = "_without_blanks"
"""The serializer of models that leave out members without a value."""


class _Generator(GenerateJsonSchema):
    """Percentages are numbers; a title says nothing that the name of a member does not say."""

    def field_title_should_be_set(self, schema: object) -> bool:
        return False

    def decimal_schema(self, schema: core_schema.DecimalSchema) -> JsonSchemaValue:
        bounds = {"minimum": schema.get("ge"), "maximum": schema.get("le")}
        return {"type": "number", **{name: one for name, one in bounds.items() if one is not None}}

    def encode_default(self, dft: Node) -> Node:
        return float(dft) if isinstance(dft, Decimal) else super().encode_default(dft)

    def ser_schema(self, schema: Node) -> JsonSchemaValue | None:
        if getattr(schema.get("function"), "__name__", None) == _SPARSE:
            return None
        return super().ser_schema(schema)

    def field_is_required(self, field: Node, total: bool) -> bool:
        if self.mode == "serialization":
            return True
        return super().field_is_required(field, total)

    def model_schema(self, schema: core_schema.ModelSchema) -> JsonSchemaValue:
        drawn = super().model_schema(schema)
        if self.mode == "serialization" and hasattr(schema["cls"], _SPARSE):
            names = getattr(schema["cls"], "optional", None)
            return _without(drawn, _nullable(drawn) if names is None else names)
        return drawn


class _LeanGenerator(_Generator):
    """The same for bodies that are dumped without any member that is null."""

    def model_schema(self, schema: core_schema.ModelSchema) -> JsonSchemaValue:
        drawn = super().model_schema(schema)
        return _without(drawn, _nullable(drawn))


_GENERATORS: Mapping[Family, type[GenerateJsonSchema]] = {
    Family.REQUEST: _Generator,
    Family.ANSWER: _Generator,
    Family.LEAN: _LeanGenerator,
}


class Schemas:
    """The schemas of types, with the definitions that they refer to under names of their own."""

    def __init__(self) -> None:
        self.definitions: dict[str, Schema] = {}

    def add(self, types: Iterable[Node], family: Family) -> dict[object, Schema]:
        """Draw types of a family (request, answer or lean); their schemas by type."""
        mode = "validation" if family is Family.REQUEST else "serialization"
        wanted: Node = [(one, mode, TypeAdapter(one)) for one in dict.fromkeys(types)]
        drawn, tree = TypeAdapter.json_schemas(
            wanted, schema_generator=_GENERATORS[family], ref_template=f"{REFERENCE}{{model}}"
        )
        found = {name: _cleaned(one) for name, one in tree.get("$defs", {}).items()}
        names = self._named(found, family)
        for name, schema in found.items():
            self.definitions[names[name]] = renamed(schema, names)
        return {one: renamed(_cleaned(schema), names) for (one, _), schema in drawn.items()}

    def _named(self, found: Mapping[str, Schema], family: Family) -> dict[str, str]:
        """Names without what only tells classes apart, unless that is needed to tell them apart."""
        names: dict[str, str] = {}
        for full in sorted(found):
            short = _short(full)
            if short in names.values():
                short = _with_module(full)
            if short in self.definitions:
                short += "Read" if family is not Family.REQUEST else "Write"
            names[full] = short
        same = {full: _short(full) for full in names}
        for full, schema in found.items():
            if self.definitions.get(same[full]) == renamed(schema, same):
                names[full] = same[full]
        return names

    def resolved(self, schema: Schema) -> Schema:
        """The schema itself, or the definition that it refers to."""
        reference = schema.get("$ref")
        return self.definitions[reference.removeprefix(REFERENCE)] if reference else schema

    def patch(self, schema: Schema) -> Schema:
        """A request of which every member may be left out or be null."""
        whole = self.resolved(schema)
        members = {name: _or_null(member) for name, member in whole["properties"].items()}
        return _optional(whole) | {"properties": members}

    def partial(self, schema: Schema) -> Schema:
        """A request of which members may be left out at any depth."""
        whole = self.resolved(schema)
        if "properties" not in whole:
            return schema
        members = {name: self.partial(member) for name, member in whole["properties"].items()}
        return _optional(whole) | {"properties": members}


def renamed(schema: Node, names: Mapping[str, str]) -> Node:
    """The schema with its references to the new names."""
    if isinstance(schema, list):
        return [renamed(one, names) for one in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        name: f"{REFERENCE}{_target(one, names)}" if name == "$ref" else renamed(one, names)
        for name, one in schema.items()
    }


def _target(reference: str, names: Mapping[str, str]) -> str:
    name = reference.removeprefix(REFERENCE)
    return names.get(name, name)


def _cleaned(schema: Schema) -> Schema:
    """The schema with identifiers, and with the bounds that pydantic cannot place."""
    placed: Schema = _placed(with_identifiers(schema))
    return placed


_PLACES = {"ge": "minimum", "le": "maximum"}


def _placed(schema: Node) -> Node:
    if isinstance(schema, list):
        return [_placed(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    is_bounded = schema.get("type") == "number" and "decimal_places" in schema
    dropped = {"decimal_places"} if is_bounded else set[str]()
    places = _PLACES if is_bounded else {}
    return {
        places.get(name, name): _placed(one) for name, one in schema.items() if name not in dropped
    }


@cache
def _short(full: str) -> str:
    return full.rsplit("__", 1)[-1].removesuffix("Body")


def _with_module(full: str) -> str:
    if "__" not in full:
        return full
    module, name = full.split("__")[-2:]
    return "".join(part.title() for part in module.split("_")) + name


def _nullable(drawn: Schema) -> set[str]:
    return {name for name, one in drawn.get("properties", {}).items() if _NULL in _any_of(one)}


def _without(drawn: Schema, names: Iterable[str]) -> Schema:
    """The members of these names are absent in place of null."""
    members = drawn.get("properties", {})
    lean = {name: _not_null(members[name]) for name in members if name in set(names)}
    required = [name for name in drawn.get("required", []) if name not in lean]
    return _optional(drawn) | {"properties": members | lean} | _some("required", required)


_NULL: Schema = {"type": "null"}


def _any_of(schema: Schema) -> list[Schema]:
    alternatives: list[Schema] = schema.get("anyOf", [])
    return alternatives


def _not_null(schema: Schema) -> Schema:
    left = [one for one in _any_of(schema) if one != _NULL]
    others = {name: one for name, one in schema.items() if name not in {"anyOf", "default"}}
    if len(left) == 1:
        return others | left[0]
    return others | _some("anyOf", left)


def _or_null(schema: Schema) -> Schema:
    if _NULL in _any_of(schema):
        return schema
    return {"anyOf": [schema, _NULL]}


def _optional(schema: Schema) -> Schema:
    return {name: one for name, one in schema.items() if name != "required"}


def _some(name: str, items: Node) -> Schema:
    return {name: items} if items else {}
