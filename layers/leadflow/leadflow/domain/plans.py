"""The distribution plan: ordered stages, versioned as a whole (`product.md`, 15.1)."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import Field as Bound

from leadflow.domain.conditions import Conditions
from leadflow.domain.identifiers import StageId
from leadflow.domain.model import Frozen
from leadflow.domain.scopes import Scope

STAGES_MAX = 50


class Method(StrEnum):
    """How a stage handles a lead."""

    HIGHEST_PRICE = "highest_price"
    ROUND_ROBIN = "round_robin"
    MARKETPLACE = "marketplace"
    ALTER_DATA = "alter_data"
    REAL_ESTATE_API = "real_estate_api"


AVAILABLE_METHODS = frozenset({Method.HIGHEST_PRICE})
"""Methods that this release can run. A plan that names another one is refused."""


class BidSettings(Frozen):
    """Whether a Highest Price stage takes bids, and of which scopes."""

    enabled: bool = True
    scopes: tuple[Scope, ...] = tuple(Scope)


class PartnerSettings(Frozen):
    """Whether a Highest Price stage pings partners."""

    enabled: bool = False


class HighestPriceSettings(Frozen):
    """Settings of a Highest Price stage."""

    bids: BidSettings = BidSettings()
    partners: PartnerSettings = PartnerSettings()


class Stage(Frozen):
    """One step of the plan. Without conditions every lead may enter."""

    id: StageId
    name: Annotated[str, Bound(min_length=1, max_length=200)]
    description: str | None = None
    method: Method
    paused: bool = False
    conditions: Conditions = ()
    settings: HighestPriceSettings = HighestPriceSettings()


class Plan(Frozen):
    """One version of the plan; versions are never changed."""

    version: int
    stages: tuple[Stage, ...]
    created_at: datetime

    def stage(self, stage_id: str) -> Stage:
        """The stage of that id; it exists, for a run keeps the version that it began with."""
        return self._by_id[stage_id]

    @property
    def _by_id(self) -> Mapping[str, Stage]:
        return {stage.id: stage for stage in self.stages}

    def after(self, stage_id: str | None) -> tuple[Stage, ...]:
        """The stages behind the named one; all of them for None."""
        if stage_id is None:
            return self.stages
        position = [stage.id for stage in self.stages].index(StageId(stage_id))
        return self.stages[position + 1 :]
