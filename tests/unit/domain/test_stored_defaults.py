"""What is as a model has it by default is not stored, so a default must stay what it is.

Whoever has to change one stores the old value with what is on file first, and then writes the new
one into `stored_defaults.json`. New members need one there, too.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, TypeAdapter

from leadflow.domain.bids import Bid
from leadflow.domain.customers import Customer
from leadflow.domain.flows import FlowStep
from leadflow.domain.leads import Lead
from leadflow.domain.pings import Ping

STORED = (Bid, Customer, FlowStep, Lead, Ping)
RECORDED = Path(__file__).with_name("stored_defaults.json")


def test_the_defaults_of_what_is_stored_are_those_that_were_recorded() -> None:
    assert found() == json.loads(RECORDED.read_text())


def found() -> Mapping[str, Mapping[str, object]]:
    """The defaults of all models that are stored, by their names."""
    models = {one.__qualname__: one for stored in STORED for one in _within(stored, set())}
    return {name: _defaults(models[name]) for name in sorted(models)}


def _within(model: type[BaseModel], known: set[object]) -> Iterator[type[BaseModel]]:
    if model in known:
        return
    known.add(model)
    yield model
    for field in model.model_fields.values():
        for part in _parts(field.annotation):
            yield from _within(part, known)


def _parts(annotation: Any) -> Iterator[type[BaseModel]]:  # noqa: ANN401 # any annotation
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for one in get_args(annotation):
        yield from _parts(one)


def _defaults(model: type[BaseModel]) -> Mapping[str, object]:
    return {
        name: TypeAdapter(object).dump_python(
            field.get_default(call_default_factory=True), mode="json"
        )
        for name, field in model.model_fields.items()
        if not field.is_required()
    }
