"""What every stage of the plan does around its own work: enter with a run, hand the run on."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from leadflow.application.contention import Overtaken
from leadflow.application.facts import facts_of_lead
from leadflow.application.ports import Clock, ConfigurationReader, Flows, Leads, Refused
from leadflow.application.run_ports import Run, RunResult
from leadflow.application.runs import is_elsewhere, is_on, lead_of, result_of
from leadflow.application.stages import NextStage, advanced, next_stage
from leadflow.domain.configuration import Configuration
from leadflow.domain.decisions import AttemptReason, AttemptStatus, Decision
from leadflow.domain.errors import CorruptState
from leadflow.domain.flows import FlowStep, attempted, joined
from leadflow.domain.formats import Formats
from leadflow.domain.leads import Lead
from leadflow.domain.plans import Plan, Stage
from leadflow.domain.rotations import RotationState
from leadflow.domain.sources import Source
from leadflow.domain.starts import for_partners_only


@dataclass(frozen=True)
class Entered:
    """A run in one of its stages, with what the stage is decided on."""

    run: Run
    lead: Lead
    configuration: Configuration
    plan: Plan
    stage: Stage
    started_at: datetime

    @property
    def source(self) -> Source:
        """Who sent the lead."""
        return self.configuration.sources[self.lead.source_id]

    def attempt(
        self,
        status: AttemptStatus,
        reason: AttemptReason | None,
        ended_at: datetime,
        told: str | None = None,
    ) -> FlowStep:
        """What the flow tells of this stage."""
        return attempted(
            self.stage, status, reason, started_at=self.started_at, ended_at=ended_at, told=told
        )


@dataclass(frozen=True)
class StageEnd:
    """How a stage ended that did not take the lead.

    `lead` is its next version if the stage has changed it; `rotation` is a turn given back, which
    needs a changed lead. `releases`: the stored lead is reserved, and must not stay so.
    """

    status: AttemptStatus
    reason: AttemptReason | None = None
    decisions: Sequence[Decision] = ()
    lead: Lead | None = None
    told: str | None = None
    rotation: RotationState | None = None
    releases: bool = False


@dataclass(frozen=True, kw_only=True)
class StageDesk:
    """The ports that every stage needs."""

    configuration: ConfigurationReader
    leads: Leads
    flows: Flows
    formats: Formats
    clock: Clock

    def entered(self, run: Run) -> Entered | RunResult:
        """The run in its stage; what has become of the lead if it has moved on meanwhile.

        Raises `CorruptState` for a run of an unknown plan and a lead without a type.
        """
        lead = lead_of(run, self.leads)
        if not is_on(run, lead) or is_elsewhere(run, lead):
            return result_of(lead)
        configuration = self.configuration.at_least(run.tenant_id, run.stamp)
        plan = self.configuration.plan(run.tenant_id, run.plan_version)
        if plan is None or lead.lead_type_id is None:
            raise CorruptState("The run names a plan or a lead type that does not exist.")
        stage = plan.stage(str(run.stage_id))
        if run.partners_only:
            stage = for_partners_only(stage)
        return Entered(run, lead, configuration, plan, stage, self.clock.now())

    def handed_on(self, entered: Entered, end: StageEnd, now: datetime) -> Run:
        """Record the attempt, with the stages that are skipped next; the run as it goes on.

        Repeated, it changes nothing and hands on in the same way. Raises `Overtaken` when a turn
        was to be given back and another one was taken meanwhile.
        """
        return self.sent_on(entered, end, now, after=entered.run.stage_id)

    def sent_on(self, entered: Entered, end: StageEnd, now: datetime, *, after: str | None) -> Run:
        """The same, going on behind any stage; None: from the first one."""
        run, lead = entered.run, end.lead or entered.lead
        upcoming = self.upcoming(entered, lead, now, after=after)
        record = FlowStep(number=0, decisions=tuple(end.decisions))
        attempt = entered.attempt(end.status, end.reason, now, end.told)
        step = joined(run.step, attempt, record, upcoming.skipped)
        if end.lead is None:
            self.flows.add_step(run.tenant_id, run.flow_id, step)
            return advanced(run, upcoming)
        refused = self.leads.advance(run.tenant_id, end.lead, step, end.rotation)
        if end.releases and refused == {Refused.STEP}:
            # Another execution passed the stage just before it met the reservation; it ended there.
            run = replace(run, step=run.step + 1)
            behind = step.model_copy(update={"number": run.step})
            refused = self.leads.advance(run.tenant_id, end.lead, behind, end.rotation)
        if Refused.ROTATION in refused:
            raise Overtaken("The rotation stayed contended.")
        return advanced(run, upcoming)

    def upcoming(
        self, entered: Entered, lead: Lead, now: datetime, *, after: str | None
    ) -> NextStage:
        """Where the run goes on behind a stage, on its way to a promised one if it has one."""
        facts = facts_of_lead(lead, entered.configuration, self.formats)
        return next_stage(entered.plan, after, facts, now, entered.run.promised_stage_id)
