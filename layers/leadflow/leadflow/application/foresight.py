"""The lead as later stages would see it, while nothing is stored (`product.md`, 15.7 and 15.8)."""

from datetime import datetime

from leadflow.application.facts import facts_of_lead
from leadflow.application.stage_tasks import Entered
from leadflow.application.stages import next_stage
from leadflow.domain.alterations import AlterationFailed, altered, data_of
from leadflow.domain.configuration import Configuration
from leadflow.domain.formats import Formats
from leadflow.domain.leads import Lead
from leadflow.domain.plans import AlterDataStage


def altered_copy(
    lead: Lead, stage: AlterDataStage, configuration: Configuration, formats: Formats
) -> Lead | AlterationFailed:
    """A copy of the lead behind an Alter Data stage."""
    data = data_of(lead, configuration.sources[lead.source_id])
    after = altered(data, stage.settings.operations, configuration, formats)
    if isinstance(after, AlterationFailed):
        return after
    changes = {
        "values": after.values,
        "location": after.location,
        "lead_type_id": after.lead_type_id,
    }
    return lead.model_copy(update=changes)


def foreseen(entered: Entered, formats: Formats, now: datetime) -> Lead:
    """A copy of the lead as it will come to the promised stage, which the run is in.

    An alteration that fails is left to its stage, which ends the run.
    """
    lead, after = entered.lead, None
    for _ in entered.plan.stages[: entered.plan.stages.index(entered.stage)]:
        facts = facts_of_lead(lead, entered.configuration, formats)
        upcoming = next_stage(entered.plan, after, facts, now, entered.stage.id)
        if upcoming.stage is None or upcoming.promised:
            break
        after = upcoming.stage.id
        if isinstance(upcoming.stage, AlterDataStage):
            copy = altered_copy(lead, upcoming.stage, entered.configuration, formats)
            lead = lead if isinstance(copy, AlterationFailed) else copy
    return lead
