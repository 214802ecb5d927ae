"""What `POST /leads` answers, keeps and starts."""

import json
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from leadflow.adapters.formats import LibraryFormats
from leadflow.application.reception import Reception
from leadflow.application.run_ports import RunResult
from leadflow.application.submit_lead import Answer, SubmitLead
from leadflow.application.threshold import Threshold
from leadflow.domain.configuration import Configuration
from leadflow.domain.decisions import Outcome
from leadflow.domain.errors import (
    Conflict,
    MalformedRequest,
    PayloadTooLarge,
    RateLimited,
    TransientFault,
    Unauthorized,
    ValidationFailed,
)
from leadflow.domain.leads import Lead, LeadStatus
from leadflow.domain.posts import BODY_BYTES_MAX, Post
from leadflow.domain.principals import SourcePrincipal
from leadflow.domain.repeats import REPEATABLE_FOR
from leadflow.domain.sources import Result
from leadflow.domain.submissions import Submission, SubmissionStatus
from tests.builders import (
    SOURCE_ID,
    STAMP,
    TENANT_ID,
    VALUES,
    configuration,
    duplicate_check,
    lead_type,
    source,
)
from tests.fakes.clock import FixedClock
from tests.fakes.configuration import FixedConfiguration
from tests.fakes.distribution import ScriptedDistribution
from tests.fakes.flows import MemoryFlows
from tests.fakes.ids import CountingIds
from tests.fakes.leads import MemoryLeads
from tests.fakes.pings import MemoryPings
from tests.fakes.submissions import MemorySubmissions
from tests.fakes.withheld import MemoryQueue

PRINCIPAL = SourcePrincipal(tenant_id=TENANT_ID, source_id=SOURCE_ID)
SOLD = RunResult(LeadStatus.ASSIGNED, 4_500)


@dataclass
class World:
    """The action with everything it touches."""

    configured: Configuration = field(default_factory=configuration)
    leads: MemoryLeads = field(default_factory=MemoryLeads)
    submissions: MemorySubmissions = field(default_factory=MemorySubmissions)
    distribution: ScriptedDistribution = field(default_factory=lambda: ScriptedDistribution(SOLD))
    clock: FixedClock = field(default_factory=FixedClock)
    queue: MemoryQueue = field(default_factory=MemoryQueue)
    repeat: str | None = None

    def submit(self, body: str | None = None, **changes: object) -> Answer:
        reception = Reception(
            configuration=FixedConfiguration(self.configured),
            submissions=self.submissions,
            formats=LibraryFormats(),
            clock=self.clock,
            ids=CountingIds(),
        )
        action = SubmitLead(
            reception=reception,
            leads=self.leads,
            pings=MemoryPings(self.leads, MemoryFlows(), self.submissions),
            distribution=self.distribution,
            threshold=Threshold(self.leads.usage),
            withheld=self.queue,
        )
        sent = json.dumps(VALUES | changes) if body is None else body
        return action(Post(PRINCIPAL, sent, repeat=self.repeat))

    @property
    def submission(self) -> Submission:
        [submission] = self.submissions.kept.values()
        return submission

    @property
    def lead(self) -> Lead:
        [lead] = self.leads.stored.values()
        return lead


def test_a_lead_that_is_sold_in_time_is_answered_with_its_payout() -> None:
    world = World()
    answer = world.submit()
    assert (answer.status, answer.payout_cents) == (LeadStatus.ASSIGNED, 4_500)
    assert answer.result is Result.SUCCESS
    assert answer.lead.id == world.lead.id
    assert answer.flow_id == world.lead.flow_ids[-1]


def test_a_lead_is_stored_as_processing_before_its_run_starts() -> None:
    world = World(distribution=ScriptedDistribution(fault=TransientFault("down")))
    answer = world.submit()
    assert answer.status is LeadStatus.PROCESSING
    assert world.lead.status is LeadStatus.PROCESSING
    assert world.submission.status is SubmissionStatus.PENDING
    assert world.leads.accepted[0].submission.status is SubmissionStatus.ACCEPTED


def test_a_run_names_ids_versions_and_the_first_stage_only() -> None:
    world = World()
    world.submit(timeout_ms=1_500)
    [(run, patience_seconds)] = world.distribution.started
    assert (run.tenant_id, run.lead_id) == (TENANT_ID, world.lead.id)
    assert (run.plan_version, run.stamp, run.step) == (1, STAMP, 1)
    assert run.method == "highest_price"
    assert patience_seconds == 1.5
    until = world.clock.now() + timedelta(seconds=1.5)
    assert run.patience_until_ms == until.timestamp() * 1_000


def test_when_patience_runs_out_the_lead_is_answered_as_processing() -> None:
    answer = World(distribution=ScriptedDistribution(None)).submit()
    assert (answer.status, answer.payout_cents) == (LeadStatus.PROCESSING, 0)


def test_the_submission_is_kept_word_for_word() -> None:
    world = World()
    body = json.dumps(VALUES, indent=3)
    world.submit(body)
    assert world.submission.raw == body


@pytest.mark.parametrize("body", ["", "{", "[1]", '"text"', '{"zip": NaN}'])
def test_what_is_no_object_is_refused_and_kept_as_rejected(body: str) -> None:
    world = World()
    with pytest.raises(MalformedRequest):
        world.submit(body)
    assert (world.submission.status, world.submission.http_status) == (
        SubmissionStatus.REJECTED,
        400,
    )
    assert world.submission.raw == body
    assert not world.leads.stored


def test_an_oversized_body_is_refused_and_not_kept() -> None:
    world = World()
    with pytest.raises(PayloadTooLarge):
        world.submit("x" * (BODY_BYTES_MAX + 1))
    assert (world.submission.http_status, world.submission.raw) == (413, "")


def test_every_invalid_field_is_named_in_the_answer_and_in_the_submission() -> None:
    world = World()
    with pytest.raises(ValidationFailed) as refused:
        world.submit(zip="00000", email="nobody")
    assert set(refused.value.errors) == {"zip", "email"}
    assert world.submission.errors == refused.value.errors
    assert world.submission.http_status == 422
    assert not world.leads.stored
    assert not world.distribution.started


def test_mistakes_in_fields_and_in_options_are_named_together() -> None:
    world = World()
    with pytest.raises(ValidationFailed) as refused:
        world.submit(zip="00000", is_test=True, timeout_ms="soon")
    assert set(refused.value.errors) == {"zip", "is_test", "timeout_ms"}


def test_an_equal_lead_within_the_look_back_is_a_duplicate_that_is_not_distributed() -> None:
    check = duplicate_check()
    world = World(configuration(checks=(check,)), MemoryLeads(taken=frozenset({check.id})))
    answer = world.submit()
    assert (answer.status, answer.result) == (LeadStatus.DUPLICATE, Result.DUPLICATE)
    assert (world.lead.status, world.lead.lead_type_id) == (LeadStatus.DUPLICATE, None)
    [intake] = world.leads.accepted
    assert intake.flow.outcome is Outcome.DUPLICATE
    assert not world.distribution.started


def test_a_lead_that_fits_no_type_is_uncategorized() -> None:
    world = World(configuration(of_type=lead_type(archived=True)))
    answer = world.submit()
    assert (answer.status, answer.result) == (LeadStatus.UNCATEGORIZED, Result.REJECTED)
    assert not world.distribution.started


def test_a_test_lead_gets_what_its_postal_code_stands_for() -> None:
    world = World(configuration(from_source=source(test_mode=True)))
    answer = world.submit(zip="00001", is_test=True)
    assert (answer.status, answer.payout_cents) == (LeadStatus.ASSIGNED, 1_000)
    assert answer.lead.is_test
    assert world.submission.is_test
    assert not world.distribution.started


def test_a_repeat_whose_answer_was_lost_is_told_of_the_first_lead() -> None:
    world = World(repeat="caller POST /leads key")
    first = world.submit()
    again = world.submit()
    assert again.lead.id == first.lead.id == world.lead.id
    assert (again.submission_id, again.flow_id) == (first.submission_id, first.flow_id)
    assert len(world.submissions.kept) == len(world.distribution.started) == 1


def test_after_a_day_the_same_key_means_a_new_lead() -> None:
    world = World(repeat="caller POST /leads key")
    first = world.submit()
    world.clock = FixedClock(world.clock.now() + REPEATABLE_FOR)
    assert world.submit().lead.id != first.lead.id


def test_a_key_that_was_used_on_a_thousand_days_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("leadflow.application.submit_lead.GENERATIONS_MAX", 1)
    world = World(repeat="caller POST /leads key")
    world.submit()
    world.clock = FixedClock(world.clock.now() + REPEATABLE_FOR)
    with pytest.raises(Conflict):
        world.submit()


def test_a_source_that_was_deleted_a_moment_ago_is_a_stranger() -> None:
    world = World(configured=configuration(from_source=source(archived=True)))
    with pytest.raises(Unauthorized):
        world.submit()
    assert not world.submissions.kept


def test_a_source_that_sends_too_much_is_told_when_to_come_back() -> None:
    world = World()
    few = world.configured.settings.model_copy(update={"source_rate_limit_per_minute": 1})
    world.configured = replace(world.configured, settings=few)
    world.submit()
    with pytest.raises(RateLimited) as refused:
        world.submit()
    assert refused.value.retry_after_seconds == 60 - world.clock.now().second
    assert len(world.submissions.kept) == len(world.leads.stored) == 1
