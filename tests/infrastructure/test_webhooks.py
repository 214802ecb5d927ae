"""The way of a delivery as the template draws it, against the bounds of the code."""

from typing import Any

import pytest

from leadflow.application.deliver_webhook import TAKEN_FOR, WORK_LASTS
from leadflow.application.signed_messages import ATTEMPTS_MAX, RETRY_SECONDS_MAX
from leadflow.domain.exchanges import TIMEOUT_SECONDS_MAX
from tests.infrastructure.template import resources

QUEUES = resources("AWS::SQS::Queue")
FUNCTIONS = resources("AWS::Serverless::Function")
MAPPINGS = resources("AWS::Lambda::EventSourceMapping")
OUTBOXES = pytest.mark.parametrize("name", ["OutboxQueue", "SlowOutboxQueue"])
DELIVER = FUNCTIONS["DeliverWebhookFunction"]["Properties"]
STORING_SECONDS = 20
"""What reading and storing fifty deliveries may take."""


def mapping(queue: str) -> dict[str, Any]:
    """The mapping that reads a queue."""
    source = {"Fn::GetAtt": [queue, "Arn"]}
    [found] = [one for one in MAPPINGS.values() if one["Properties"]["EventSourceArn"] == source]
    properties: dict[str, Any] = found["Properties"]
    return properties


def test_a_call_has_time_for_its_work_and_for_receivers_that_hang() -> None:
    hanging = ATTEMPTS_MAX * TIMEOUT_SECONDS_MAX + (ATTEMPTS_MAX - 1) * RETRY_SECONDS_MAX
    assert DELIVER["Timeout"] > WORK_LASTS.total_seconds() + hanging + STORING_SECONDS


@OUTBOXES
def test_a_call_comes_again_only_when_nobody_can_have_its_outbox_any_more(name: str) -> None:
    properties = QUEUES[name]["Properties"]
    assert DELIVER["Timeout"] < TAKEN_FOR.total_seconds() < properties["VisibilityTimeout"]


@OUTBOXES
def test_a_receiver_that_hangs_holds_up_no_other_message(name: str) -> None:
    drawn = mapping(name)
    assert drawn["FunctionName"] == {"Ref": "DeliverWebhookFunction"}
    assert drawn["BatchSize"] == 1
    assert drawn["ScalingConfig"]["MaximumConcurrency"] >= 50
    assert drawn["FunctionResponseTypes"] == ["ReportBatchItemFailures"]


@OUTBOXES
def test_calls_that_fail_for_good_raise_an_alarm(name: str) -> None:
    target = QUEUES[name]["Properties"]["RedrivePolicy"]["deadLetterTargetArn"]
    assert target == {"Fn::GetAtt": ["OutboxDeadLetters", "Arn"]}
    watched = [
        str(one["Properties"]["Dimensions"]) for one in resources("AWS::CloudWatch::Alarm").values()
    ]
    assert any("OutboxDeadLetters" in one for one in watched)


def test_facts_are_answered_one_by_one_and_end_before_they_come_again() -> None:
    drawn = mapping("DeliveriesQueue")
    assert drawn["FunctionName"] == {"Ref": "PlanDeliveriesFunction"}
    assert drawn["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    plan = FUNCTIONS["PlanDeliveriesFunction"]["Properties"]
    assert plan.get("Timeout", 29) < QUEUES["DeliveriesQueue"]["Properties"]["VisibilityTimeout"]
