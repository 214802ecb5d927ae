"""What the settings of a stage may name (`product.md`, 15.1 to 15.4).

Customers are no part of the configuration: their ids are checked for their shape only, and one
that does not exist never takes part.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from leadflow.application.manage_configuration.condition_rules import live_fields
from leadflow.application.manage_configuration.desk import Desk
from leadflow.domain.conditions import Conditions, Reference, matches
from leadflow.domain.fields import Field
from leadflow.domain.identifiers import CategoryId, PartnerId, is_identifier
from leadflow.domain.plans import (
    AlterDataStage,
    Choice,
    FieldMapping,
    HighestPriceStage,
    RealEstateApiSettings,
    RealEstateApiStage,
    RoundRobinStage,
    SetField,
    SetLeadType,
    Stage,
)
from leadflow.domain.validation import WrongValue, valid_value

Mistake = tuple[str, str]
"""A path within the settings, and what is wrong there."""

_BOTH = "Give either an include or an exclude list, not both."
_TWICE = "It occurs twice."
_NO_PARTNER = "There is no such partner."
_NO_CUSTOMER = "This is no identifier of a customer."
_NO_LEAD_TYPE = "There is no such lead type."
_OTHER_CATEGORY = "No lead of this lead type's category meets the conditions of the stage."
_NO_FIELD = "There is no such field."
_NO_CATEGORY = "There is no such lead category."
_NOTHING_ASKED = "Switch property_detail or skip_trace on."


@dataclass(frozen=True)
class StageRules:
    """The rules over one configuration; what they look up is gathered once for all stages."""

    desk: Desk

    def mistakes(self, stage: Stage, path: str) -> dict[str, list[str]]:
        """Messages by path, below that of the stage's settings; empty if nothing is wrong."""
        errors: dict[str, list[str]] = {}
        for within, message in self._mistakes(stage):
            errors.setdefault(f"{path}.{within}", []).append(message)
        return errors

    def _mistakes(self, stage: Stage) -> Iterator[Mistake]:
        match stage:
            case HighestPriceStage():
                scopes = stage.settings.bids.scopes
                if not scopes:
                    yield "bids.scopes", "Name at least one scope, or switch bids off."
                if len(set(scopes)) < len(scopes):
                    yield "bids.scopes", "A scope occurs twice."
                yield from _of_choice("partners", stage.settings.partners, self._partner)
            case RoundRobinStage():
                yield from _of_choice("customers", stage.settings.customers, _customer)
                yield from _of_choice("partners", stage.settings.partners, self._partner)
            case AlterDataStage():
                yield from self._of_operations(stage)
            case RealEstateApiStage():
                yield from self._of_real_estate(stage.settings)
            case _:
                pass

    def _partner(self, identifier: str) -> str | None:
        partner = self.desk.configuration.partners.get(PartnerId(identifier))
        return _NO_PARTNER if partner is None or partner.archived else None

    def _of_operations(self, stage: AlterDataStage) -> Iterator[Mistake]:
        for index, operation in enumerate(stage.settings.operations):
            if isinstance(operation, SetLeadType):
                mistake = self._of_lead_type(operation, stage.conditions)
            else:
                mistake = self._of_set_field(operation)
            if mistake:
                member, message = mistake
                yield f"operations.{index}.{member}", message

    def _of_lead_type(self, operation: SetLeadType, conditions: Conditions) -> Mistake | None:
        kind = self.desk.configuration.lead_types.get(operation.set_lead_type)
        if kind is None or kind.archived:
            return "set_lead_type", _NO_LEAD_TYPE
        enters = _may_enter(kind.lead_category_id, conditions, self.desk)
        return None if enters else ("set_lead_type", _OTHER_CATEGORY)

    def _of_set_field(self, operation: SetField) -> Mistake | None:
        """A value has to fit one field of that title; other categories may know it as another."""
        fields = self._fields.get(operation.set_field)
        if fields is None:
            return "set_field", _NO_FIELD
        countries = self.desk.configuration.settings.operating_countries
        message = ""
        for field in fields:
            read = valid_value(
                field, operation.value, countries=countries, formats=self.desk.formats
            )
            if not isinstance(read, WrongValue):
                return None
            message = message or read.message
        return "value", message

    def _of_real_estate(self, settings: RealEstateApiSettings) -> Iterator[Mistake]:
        category = self.desk.configuration.categories.get(settings.lead_category_id)
        if category is None or category.archived:
            yield "lead_category_id", _NO_CATEGORY
            return
        if not settings.property_detail and not settings.skip_trace:
            yield "property_detail", _NOTHING_ASKED
        known = {field.title for field in live_fields(self.desk.configuration, category.id)}
        seen = set[FieldMapping]()
        for index, mapping in enumerate(settings.mappings):
            if mapping.field not in known:
                yield f"mappings.{index}.field", _NO_FIELD
            pair = mapping.model_copy(update={"overwrite": False})
            if pair in seen:
                yield f"mappings.{index}.api_field", _TWICE
            seen.add(pair)

    @cached_property
    def _fields(self) -> Mapping[str, Collection[Field]]:
        """Every field that leads may have, by title; those that are alike count once."""
        found: dict[str, dict[Field, None]] = {}
        for field in live_fields(self.desk.configuration):
            found.setdefault(field.title, {})[field] = None
        return {title: tuple(fields) for title, fields in found.items()}


def _of_choice(
    name: str, choice: Choice, mistake: Callable[[str], str | None]
) -> Iterator[Mistake]:
    if choice.include is not None and choice.exclude is not None:
        yield f"{name}.exclude", _BOTH
    for member, listed in (("include", choice.include), ("exclude", choice.exclude)):
        seen = set[str]()
        for index, identifier in enumerate(listed or ()):
            found = _TWICE if identifier in seen else mistake(identifier)
            if found:
                yield f"{name}.{member}.{index}", found
            seen.add(identifier)


def _customer(identifier: str) -> str | None:
    return None if is_identifier("cus", identifier) else _NO_CUSTOMER


def _may_enter(category_id: CategoryId, conditions: Conditions, desk: Desk) -> bool:
    """Whether some group of the conditions lets leads of the category in."""
    name = Reference.LEAD_CATEGORY.value
    groups = [tuple(row for row in group if row.property == name) for group in conditions]
    facts, today = {name: category_id}, desk.now.date()
    return not groups or any(not rows or matches((rows,), facts, today) for rows in groups)
