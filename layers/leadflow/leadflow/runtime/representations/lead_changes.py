"""What the actions on one lead answer (`api.md`, 4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from pydantic import ConfigDict, Field

from leadflow.domain.model import Frozen
from leadflow.domain.real_estate_answers import Endpoint
from leadflow.runtime.representations.leads import (
    DeliveredLeadBody,
    LeadBody,
    lead_detail_body,
)
from leadflow.runtime.representations.sparse import Sparse

if TYPE_CHECKING:
    from leadflow.application.edit_lead import Edited
    from leadflow.application.enrich_lead import Enriched
    from leadflow.application.reclassification import LeadClass, Reclassification
    from leadflow.application.reclassify_lead import Reclassified

ShownLead = LeadBody | DeliveredLeadBody


class ClassBody(Frozen):
    """A class of leads."""

    lead_category_id: str
    lead_type_id: str | None


class ReclassificationBody(Frozen):
    """Whether a lead is of another class than before."""

    model_config = ConfigDict(serialize_by_alias=True, validate_by_name=True)

    changed: bool
    before: ClassBody = Field(alias="from")
    after: ClassBody = Field(alias="to")


class ReclassifiedBody(ReclassificationBody):
    """The answer to a reclassification."""

    lead: ShownLead


class EditedBody(Sparse):
    """The answer to an edit."""

    optional: ClassVar[frozenset[str]] = frozenset({"flow_id"})

    lead: ShownLead
    reclassification: ReclassificationBody
    flow_id: str | None


class AskedBody(Frozen):
    """What came of one endpoint."""

    endpoint: Endpoint
    succeeded: bool
    detail: str


class EnrichedBody(Frozen):
    """The answer to an enrichment."""

    lead: ShownLead
    fields_enriched: int
    endpoints: tuple[AskedBody, ...]


def edited_body(edited: Edited) -> EditedBody:
    """Spell the answer to an edit."""
    return EditedBody(
        lead=lead_detail_body(edited.lead),
        reclassification=ReclassificationBody.model_validate(_classes(edited.reclassification)),
        flow_id=edited.flow_id,
    )


def reclassified_body(reclassified: Reclassified) -> ReclassifiedBody:
    """Spell the answer to a reclassification."""
    lead = lead_detail_body(reclassified.lead)
    classes = _classes(reclassified.reclassification)
    return ReclassifiedBody.model_validate(classes | {"lead": lead})


def enriched_body(enriched: Enriched) -> EnrichedBody:
    """Spell the answer to an enrichment."""
    asked = (
        AskedBody(endpoint=one.endpoint, succeeded=one.succeeded, detail=one.detail)
        for one in enriched.endpoints
    )
    return EnrichedBody(
        lead=lead_detail_body(enriched.lead),
        fields_enriched=enriched.fields_enriched,
        endpoints=tuple(asked),
    )


def _classes(classes: Reclassification) -> dict[str, object]:
    return {
        "changed": classes.is_changed,
        "before": _class(classes.before),
        "after": _class(classes.after),
    }


def _class(one: LeadClass) -> ClassBody:
    return ClassBody(lead_category_id=one.lead_category_id, lead_type_id=one.lead_type_id)
