"""The Real Estate API stage: ask, keep what was found, then go on (`product.md`, 15.4)."""

from collections.abc import Mapping
from dataclasses import dataclass

from leadflow.application.property_look_ups import address_of, finding_of, lacking
from leadflow.application.real_estate_ports import RealEstateApi
from leadflow.application.run_ports import Run, RunResult
from leadflow.application.stage_tasks import Entered, StageDesk, StageEnd
from leadflow.domain.configuration import RealEstateApi as Access
from leadflow.domain.decisions import AttemptReason, AttemptStatus
from leadflow.domain.enrichment import EnrichedData, combined, values_found
from leadflow.domain.errors import CorruptState
from leadflow.domain.field_mappings import mapped
from leadflow.domain.plans import RealEstateApiSettings, RealEstateApiStage
from leadflow.domain.real_estate_answers import (
    Endpoint,
    EndpointFailed,
    Finding,
    NothingFound,
    PropertyAddress,
)

_NAMES = {Endpoint.PROPERTY_DETAIL: "Property Detail", Endpoint.SKIP_TRACE: "SkipTrace"}

Findings = Mapping[Endpoint, Finding]


@dataclass(frozen=True, kw_only=True)
class EnrichWithRealEstateApi:
    """The action with its ports."""

    desk: StageDesk
    api: RealEstateApi

    def __call__(self, run: Run) -> RunResult | Run:
        """Enrich the lead as far as possible; no failure of the API stops the run.

        A repeated call that finds its step recorded asks nothing and changes nothing. Raises
        `CorruptState` for a stage of another method.
        """
        entered = self.desk.entered(run)
        if isinstance(entered, RunResult):
            return entered
        stage = entered.stage
        if not isinstance(stage, RealEstateApiStage):
            raise CorruptState("The run names a stage of another method.")
        if self._is_recorded(run):
            end = StageEnd(AttemptStatus.CONTINUE)
        else:
            end = self._enriched(entered, stage.settings)
        return self.desk.handed_on(entered, end, self.desk.clock.now())

    def _is_recorded(self, run: Run) -> bool:
        steps = self.desk.flows.steps(run.tenant_id, run.flow_id)
        return any(step.number == run.step for step in steps)

    def _enriched(self, entered: Entered, settings: RealEstateApiSettings) -> StageEnd:
        if entered.lead.lead_category_id != settings.lead_category_id:
            return StageEnd(AttemptStatus.SKIPPED, AttemptReason.CATEGORY_MISMATCH)
        access = entered.configuration.real_estate_api
        if access is None:
            return _went_on(AttemptReason.INTEGRATION_NOT_CONFIGURED)
        address = address_of(entered.lead)
        if address is None:
            lacks = ", ".join(lacking(entered.lead))
            told = f"asked nothing: the lead has no {lacks}"
            return _went_on(AttemptReason.INCOMPLETE_ADDRESS, told)
        findings = self._asked(entered.run, access, address, settings)
        return self._kept(entered, settings, findings)

    def _asked(
        self,
        run: Run,
        access: Access,
        address: PropertyAddress,
        settings: RealEstateApiSettings,
    ) -> Findings:
        # Property Detail comes last: where both know a name or an address, its word counts.
        switches = {
            Endpoint.SKIP_TRACE: settings.skip_trace,
            Endpoint.PROPERTY_DETAIL: settings.property_detail,
        }
        endpoints = [endpoint for endpoint, is_on in switches.items() if is_on]
        replies = self.api.ask(run.tenant_id, access, address, endpoints)
        return {one: finding_of(one, replies[one], address) for one in endpoints}

    def _kept(
        self, entered: Entered, settings: RealEstateApiSettings, findings: Findings
    ) -> StageEnd:
        """What the findings change of the lead.

        Of two names or mailing addresses the one of Property Detail counts: it is asked last.
        """
        data = combined(*(one for one in findings.values() if isinstance(one, EnrichedData)))
        if data is None:
            failed = all(isinstance(one, EndpointFailed) for one in findings.values())
            reason = AttemptReason.ENRICHMENT_FAILED if failed else AttemptReason.ENRICHMENT_NO_DATA
            return _went_on(reason, f"asked: {_told(findings)}")
        formats, lead = self.desk.formats, entered.lead
        after = mapped(lead, data, settings.mappings, entered.configuration, formats)
        enriched = combined(lead.enriched, data)
        counted = f"{values_found(data)} values found, {after.fields_enriched} fields enriched"
        return StageEnd(
            AttemptStatus.CONTINUE,
            lead=after.lead.changed(self.desk.clock.now(), enriched=enriched),
            told=f"asked: {_told(findings)}; {counted}",
        )


def _went_on(reason: AttemptReason, told: str | None = None) -> StageEnd:
    return StageEnd(AttemptStatus.CONTINUE, reason, told=told)


def _told(findings: Findings) -> str:
    """Which endpoints succeeded and which failed; nothing of what they said."""
    return ", ".join(f"{_NAMES[one]} {_said(found)}" for one, found in findings.items())


def _said(finding: Finding) -> str:
    match finding:
        case EndpointFailed(detail):
            return f"failed ({detail})"
        case NothingFound():
            return "found nothing"
        case _:
            return "succeeded"
