"""The Alter Data stage: change the lead for good, then go on (`product.md`, 15.4)."""

from dataclasses import dataclass

from leadflow.application.run_ports import Run, RunResult
from leadflow.application.runs import ended_unsold
from leadflow.application.stage_tasks import Entered, StageDesk, StageEnd
from leadflow.domain.alterations import AlterationFailed, altered, data_of
from leadflow.domain.decisions import AttemptStatus, Outcome
from leadflow.domain.errors import CorruptState
from leadflow.domain.leads import LeadStatus
from leadflow.domain.plans import AlterDataStage


@dataclass(frozen=True, kw_only=True)
class AlterLeadData:
    """The action with its ports."""

    desk: StageDesk

    def __call__(self, run: Run) -> RunResult | Run:
        """Carry out all operations, or none: then the lead becomes Distribution Error.

        A repeated call comes to the same data, finds its step recorded, and changes nothing.
        Raises `CorruptState` for a stage of another method.
        """
        entered = self.desk.entered(run)
        if isinstance(entered, RunResult):
            return entered
        stage = entered.stage
        if not isinstance(stage, AlterDataStage):
            raise CorruptState("The run names a stage of another method.")
        data, formats = data_of(entered.lead, entered.source), self.desk.formats
        after = altered(data, stage.settings.operations, entered.configuration, formats)
        if isinstance(after, AlterationFailed):
            return self._broken_off(entered, after)
        now = self.desk.clock.now()
        lead = entered.lead.changed(
            now,
            values=after.values,
            location=after.location,
            lead_type_id=after.lead_type_id,
            search=after.search,
        )
        return self.desk.handed_on(entered, StageEnd(AttemptStatus.CONTINUE, lead=lead), now)

    def _broken_off(self, entered: Entered, failure: AlterationFailed) -> RunResult:
        now = self.desk.clock.now()
        told = f"broke off: {failure.detail}"
        return ended_unsold(
            entered.run,
            entered.lead,
            self.desk.leads,
            status=LeadStatus.DISTRIBUTION_ERROR,
            outcome=Outcome.DISTRIBUTION_ERROR,
            description="The lead could not be altered; it is kept.",
            now=now,
            attempted=entered.attempt(AttemptStatus.ERROR, failure.reason, now, told),
        )
