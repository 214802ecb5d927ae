from collections.abc import Callable

import pytest

from leadflow.domain.errors import Conflict
from leadflow.domain.identifiers import LeadTypeId, StageId
from leadflow.domain.plans import (
    AlterDataSettings,
    AlterDataStage,
    ApiField,
    FieldMapping,
    RealEstateApiSettings,
    RealEstateApiStage,
    SetField,
    SetLeadType,
    Stage,
)
from tests.builders import CATEGORY_ID, TYPE_ID, configuration, numbered, plan, stage
from tests.fakes.workbench import Workbench, refusal_of

HEAD = {"id": StageId(numbered("stage", 1)), "name": "Change"}


def altering(title: str) -> Stage:
    operations = (
        SetLeadType(set_lead_type=LeadTypeId(TYPE_ID)),
        SetField(set_field=title, value="new"),
    )
    return AlterDataStage(**HEAD, settings=AlterDataSettings(operations=operations))


def enriching(title: str) -> Stage:
    mapping = FieldMapping(api_field=ApiField.BEDROOMS, field=title)
    settings = RealEstateApiSettings(lead_category_id=CATEGORY_ID, mappings=(mapping,))
    return RealEstateApiStage(**HEAD, settings=settings)


@pytest.mark.parametrize("writer", [altering, enriching])
def test_a_field_that_a_stage_writes_cannot_go(writer: Callable[[str], Stage]) -> None:
    bench = Workbench.on(configuration(by_plan=plan(stage(), writer("roof"))))
    fields = [{"title": "roof", "type": "text"}, {"title": "walls", "type": "text"}]
    bench.change("lead-categories", CATEGORY_ID, fields=fields)
    with pytest.raises(Conflict) as refused:
        bench.change("lead-categories", CATEGORY_ID, fields=fields[1:])
    assert refusal_of(refused) == ("in_use", "The field roof is in use by: stage Change.")
    bench.change("lead-categories", CATEGORY_ID, fields=fields[:1])
