"""How thoroughly walks are walked, what they have tried, and the line that says so."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pytest
from hypothesis import settings

from leadflow.application import contention
from tests.contract_run import held

IS_THOROUGH = os.environ.get("HYPOTHESIS_PROFILE") in {"thorough", "explore"}


def walks(quick: int, thorough: int, steps: int) -> settings:
    """So many walks of so many steps, by how thorough this run is."""
    count = thorough if IS_THOROUGH else quick
    return settings(max_examples=count, stateful_step_count=steps, deadline=None)


@dataclass
class Figures:
    """What the walks of a module have tried: actions, and the troubles that they met."""

    name: str
    promises: Sequence[str]
    operations: int = 0
    faults: int = 0

    def noted(self, request: pytest.FixtureRequest) -> Iterator[None]:
        """For a fixture of the module: behind its tests, note the figures if all of them held."""
        failed = request.session.testsfailed
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(contention, "_WAIT_SECONDS", 0)
            yield
        if request.session.testsfailed == failed:
            held(self.name, self.promises, operations=self.operations, faults=self.faults)
