"""Facts as they arrive from the bus (`product.md`, 21.1)."""

from typing import NamedTuple

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from leadflow.domain.told_facts import KINDS, FactName, ToldFact


class _Event(BaseModel):
    """What matters of an event of EventBridge."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    name: FactName = Field(alias="detail-type")
    detail: JsonValue


class ArrivedFact(NamedTuple):
    """A fact and its name."""

    name: FactName
    fact: ToldFact


def arrived(body: str) -> ArrivedFact:
    """The fact in a message. Raises pydantic's `ValidationError` for what is none."""
    event = _Event.model_validate_json(body)
    return ArrivedFact(event.name, KINDS[event.name].model_validate(event.detail))
