"""The distribution plan: ordered stages, versioned as a whole (`product.md`, 15.1)."""

from collections.abc import Collection, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field as Bound

from leadflow.domain.conditions import Conditions
from leadflow.domain.identifiers import CategoryId, LeadTypeId, StageId, derived_identifier
from leadflow.domain.model import Frozen
from leadflow.domain.money import Cents
from leadflow.domain.scopes import Scope

STAGES_MAX = 50
OPERATIONS_MAX = 50
FIELD_MAPPINGS_MAX = 50
LISTED_MAX = 500
"""Customers or partners that an include or exclude list may name."""


class Method(StrEnum):
    """How a stage handles a lead."""

    HIGHEST_PRICE = "highest_price"
    ROUND_ROBIN = "round_robin"
    MARKETPLACE = "marketplace"
    ALTER_DATA = "alter_data"
    REAL_ESTATE_API = "real_estate_api"


TERMINAL = frozenset({Method.HIGHEST_PRICE, Method.ROUND_ROBIN, Method.MARKETPLACE})
"""Methods that may take a lead; the others hand it on, changed."""


class Choice(Frozen):
    """A switch with at most one list: all take part, only those included, or all but some."""

    enabled: bool = False
    include: tuple[str, ...] | None = None
    exclude: tuple[str, ...] | None = None

    def takes(self, identifier: str) -> bool:
        """Whether somebody takes part."""
        listed: Collection[str] = self.include if self.include is not None else {identifier}
        return self.enabled and identifier in listed and identifier not in (self.exclude or ())


class BidSettings(Frozen):
    """Whether a Highest Price stage takes bids, and of which scopes."""

    enabled: bool = True
    scopes: tuple[Scope, ...] = tuple(Scope)


class PartnerSettings(Choice):
    """Which partners a Highest Price stage pings, and the least that they must offer."""

    minimum_price_cents: Cents | None = None


class HighestPriceSettings(Frozen):
    """Settings of a Highest Price stage."""

    bids: BidSettings = Bound(default_factory=BidSettings)
    partners: PartnerSettings = Bound(default_factory=PartnerSettings)


class Rotation(StrEnum):
    """The time over which a Round Robin stage counts; windows begin at 00:00 UTC."""

    ALL_TIME = "all_time"
    TODAY = "today"
    THIS_WEEK = "this_week"
    THIS_MONTH = "this_month"


class RoundRobinSettings(Frozen):
    """Settings of a Round Robin stage; a price of 0 gives leads away."""

    rotation: Rotation = Rotation.ALL_TIME
    price_cents: Cents = 0
    customers: Choice = Bound(default_factory=Choice)
    partners: Choice = Bound(default_factory=Choice)


class MarketplaceStageSettings(Frozen):
    """A Marketplace stage has no settings of its own."""


class SetLeadType(Frozen):
    """An operation: give the lead another lead type of its category."""

    set_lead_type: LeadTypeId


class SetField(Frozen):
    """An operation: give a field a value."""

    set_field: str
    value: str | int | float | bool


Operation = SetLeadType | SetField


class AlterDataSettings(Frozen):
    """Settings of an Alter Data stage: operations in their order."""

    operations: Annotated[tuple[Operation, ...], Bound(max_length=OPERATIONS_MAX)] = ()


class ApiField(StrEnum):
    """Values of the Real Estate API that may be mapped into a lead (`api.md`, 8)."""

    PROPERTY_VALUE = "property_value"
    PROPERTY_TYPE = "property_type"
    BEDROOMS = "bedrooms"
    BATHROOMS = "bathrooms"
    SQUARE_FOOTAGE = "square_footage"
    LOT_SIZE = "lot_size"
    YEAR_BUILT = "year_built"
    ASSESSED_VALUE = "assessed_value"
    ANNUAL_TAX = "annual_tax"
    OWNER_NAME = "owner_name"
    OWNER_PHONE = "owner_phone"
    OWNER_EMAIL = "owner_email"
    OWNER_OCCUPIED = "owner_occupied"
    OWNER_AGE = "owner_age"
    OWNER_MAILING_ADDRESS = "owner_mailing_address"


class FieldMapping(Frozen):
    """Where a value of the Real Estate API goes; a present value stays unless `overwrite`."""

    api_field: ApiField
    field: str
    overwrite: bool = False


class RealEstateApiSettings(Frozen):
    """Settings of a Real Estate API stage."""

    lead_category_id: CategoryId
    property_detail: bool = False
    skip_trace: bool = False
    mappings: Annotated[tuple[FieldMapping, ...], Bound(max_length=FIELD_MAPPINGS_MAX)] = ()


class StageHead(Frozen):
    """What every step of the plan has. Without conditions every lead may enter."""

    id: StageId
    name: Annotated[str, Bound(min_length=1, max_length=200)]
    description: str | None = None
    paused: bool = False
    conditions: Conditions = ()


class HighestPriceStage(StageHead):
    """Sells to the best offer of bids and partners (15.2)."""

    method: Literal[Method.HIGHEST_PRICE] = Method.HIGHEST_PRICE
    settings: HighestPriceSettings = Bound(default_factory=HighestPriceSettings)


class RoundRobinStage(StageHead):
    """Hands leads out in turn, at a flat price (15.3)."""

    method: Literal[Method.ROUND_ROBIN] = Method.ROUND_ROBIN
    settings: RoundRobinSettings = Bound(default_factory=RoundRobinSettings)


class MarketplaceStage(StageHead):
    """Lists the lead in a falling-price auction (13, 15.4)."""

    method: Literal[Method.MARKETPLACE] = Method.MARKETPLACE
    settings: MarketplaceStageSettings = Bound(default_factory=MarketplaceStageSettings)


class AlterDataStage(StageHead):
    """Changes the lead for good (15.4)."""

    method: Literal[Method.ALTER_DATA] = Method.ALTER_DATA
    settings: AlterDataSettings = Bound(default_factory=AlterDataSettings)


class RealEstateApiStage(StageHead):
    """Enriches the lead with data of its property and owner (15.4)."""

    method: Literal[Method.REAL_ESTATE_API] = Method.REAL_ESTATE_API
    settings: RealEstateApiSettings


Stage = Annotated[
    HighestPriceStage | RoundRobinStage | MarketplaceStage | AlterDataStage | RealEstateApiStage,
    Bound(discriminator="method"),
]
"""One step of the plan."""


LISTING_AT_END = MarketplaceStage(
    id=StageId(derived_identifier("stage", "marketplace at the end of the plan")),
    name="Marketplace",
)
"""Stands behind every plan for reprocesses that begin with the marketplace (11.6).

No other run comes to it.
"""


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
        return {stage.id: stage for stage in (*self.stages, LISTING_AT_END)}

    def after(self, stage_id: str | None) -> tuple[Stage, ...]:
        """The stages behind the named one; all of them for None."""
        if stage_id is None:
            return self.stages
        if stage_id == LISTING_AT_END.id:
            return ()
        position = [stage.id for stage in self.stages].index(StageId(stage_id))
        return self.stages[position + 1 :]

    def before(self, stage_id: str) -> StageId | None:
        """The stage just before the named one; None: that is the first one."""
        ids = [stage.id for stage in self.stages]
        position = ids.index(StageId(stage_id))
        return ids[position - 1] if position else None
