"""A tenant whose plan has one stage, put there with the settings of a test."""

from dataclasses import replace
from typing import Any

import pytest

from leadflow.domain.configuration import Configuration
from leadflow.domain.errors import ValidationFailed
from leadflow.domain.fields import Field, FieldType
from leadflow.domain.identifiers import PartnerId
from leadflow.domain.partners import Partner
from leadflow.domain.plans import Plan
from tests.builders import CATEGORY_ID, category, configuration, lead_type, numbered, source
from tests.fakes.workbench import ADMIN, Workbench, any_version
from tests.unit.domain.bidding_examples import NOW

Settings = dict[str, Any]
PARTNER, GONE_PARTNER = numbered("partner", 1), numbered("partner", 2)
OTHER_TYPE, GONE_TYPE = numbered("type", 1), numbered("type", 2)
OTHER_CATEGORY, GONE_CATEGORY = numbered("category", 1), numbered("category", 2)
ASKED = {"lead_category_id": CATEGORY_ID, "property_detail": True}


def roof(kind: FieldType, *values: str) -> Field:
    """A field about roofs."""
    return Field(title="roof", type=kind, deliverable=False, values=values or None)


def partner(partner_id: str, *, archived: bool = False) -> Partner:
    """A partner without exchanges."""
    return Partner(
        id=PartnerId(partner_id), name="Buyer", archived=archived, created_at=NOW, updated_at=NOW
    )


def shop() -> Configuration:
    """Two categories with roofs of different types, two lead types, and one of each archived."""
    homes, small = category(), configuration(from_source=source(fields=(roof(FieldType.NUMERIC),)))
    names = ("tin", "tile")
    others = homes.model_copy(
        update={
            "id": OTHER_CATEGORY,
            "fields": (*homes.fields, roof(FieldType.LIST_OF_VALUES, *names)),
        }
    )
    gone = homes.model_copy(update={"id": GONE_CATEGORY, "archived": True})
    kinds = (
        lead_type(),
        lead_type(id=OTHER_TYPE, lead_category_id=OTHER_CATEGORY),
        lead_type(id=GONE_TYPE, archived=True),
    )
    partners = (partner(PARTNER), partner(GONE_PARTNER, archived=True))
    return replace(
        small,
        categories={one.id: one for one in (homes, others, gone)},
        lead_types={one.id: one for one in kinds},
        partners={one.id: one for one in partners},
    )


def put(bench: Workbench, method: str, settings: Settings, **members: object) -> Plan:
    """The plan once it has this stage alone."""
    stage = {"name": "One", "method": method, "settings": settings, **members}
    return bench.plan.replace(ADMIN, {"stages": [stage]}, any_version)


def kept(method: str, settings: Settings) -> Any:  # noqa: ANN401 # each method has its own
    """The settings of a stage that was saved."""
    return put(Workbench.on(shop()), method, settings).stages[0].settings


def mistakes(method: str, settings: Settings, **members: object) -> set[str]:
    """The paths at which a stage is refused, within its settings where they are."""
    with pytest.raises(ValidationFailed) as refused:
        put(Workbench.on(shop()), method, settings, **members)
    return {path.removeprefix("stages.0.settings.") for path in refused.value.errors}
