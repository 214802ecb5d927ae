"""What a function's start leaves out is there when it is needed."""

import gc
import pkgutil
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from types import ModuleType

import pytest
from pydantic import BaseModel, TypeAdapter

import leadflow

HEAVY_OF_PORTS = ("leadflow.domain.configuration", "leadflow.domain.leads", "leadflow.domain.plans")
LIGHT = (
    "leadflow.application.ports",
    "leadflow.application.configuration_ports",
    "leadflow.application.list_ports",
)


def modules() -> list[ModuleType]:
    """All of the product."""
    found = pkgutil.walk_packages(leadflow.__path__, "leadflow.")
    return [import_module(one.name) for one in found]


def kinds_of(model: type[BaseModel]) -> Iterator[type[BaseModel]]:
    for kind in model.__subclasses__():
        yield kind
        yield from kinds_of(kind)


def test_every_model_finds_at_run_time_what_its_members_are() -> None:
    modules()
    kinds = [one for one in kinds_of(BaseModel) if one.__module__.startswith("leadflow.")]
    assert len(kinds) > 200
    for kind in kinds:
        kind.model_rebuild(raise_errors=True)


def test_every_type_adapter_finds_at_run_time_what_it_reads() -> None:
    adapters = [
        value
        for module in modules()
        for value in vars(module).values()
        if isinstance(value, TypeAdapter)
    ]
    assert len(adapters) > 5
    for adapter in adapters:
        adapter.rebuild(raise_errors=True)


@pytest.mark.parametrize("name", LIGHT)
def test_ports_load_none_of_the_models_that_they_only_mention(name: str) -> None:
    code = f"import sys, {name}; print(*sys.modules)"
    ran = subprocess.run(  # noqa: S603 # this interpreter
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert name in ran.stdout.split()
    assert set(HEAVY_OF_PORTS).isdisjoint(ran.stdout.split())


def test_garbage_is_looked_for_seldom_but_is_looked_for() -> None:
    assert gc.isenabled()
    assert gc.get_threshold()[0] == leadflow.GARBAGE_OBJECTS_MAX
