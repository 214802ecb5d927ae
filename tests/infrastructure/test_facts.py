"""The way of a fact as the template draws it: from the streams to the queue of deliveries."""

import json

import pytest

from leadflow.adapters.event_bridge import SOURCE
from leadflow.domain.leads import LeadStatus
from leadflow.domain.stored_changes import LeadChange
from leadflow.domain.told_facts import KINDS, FactName
from leadflow.domain.transitions import TABLE
from tests.builders import TENANT_ID, lead
from tests.infrastructure.patterns import filters_of, matches
from tests.infrastructure.template import resources

QUEUES = resources("AWS::SQS::Queue")
STREAMED = {
    "LeadsStreamMapping": "LeadsTable",
    "WalletsStreamMapping": "WalletsTable",
    "ConfigurationStreamMapping": "ConfigurationTable",
}
FILTERS_MAX = 5
"""What AWS takes for one mapping."""

RETENTION_SECONDS = 24 * 60 * 60
"""How long a stream keeps a record."""

WAITED_SECONDS_MAX = 5
"""How long a fact may wait for others, at its stream and at its queue."""

EVERY_STREAM = pytest.mark.parametrize("name", STREAMED)
EVERY_STATUS = pytest.mark.parametrize("status", LeadStatus)
RULE = resources("AWS::Events::Rule")["DeliveriesRule"]["Properties"]


def arn(name: str) -> dict[str, object]:
    return {"Fn::GetAtt": [name, "Arn"]}


def test_exactly_the_facts_that_webhooks_can_ask_for_are_delivered() -> None:
    assert RULE["EventBusName"] == {"Ref": "Bus"}
    assert RULE["EventPattern"]["source"] == [SOURCE]
    assert set(RULE["EventPattern"]["detail-type"]) == set(FactName) == set(KINDS)


def test_a_fact_that_cannot_reach_its_queue_or_leave_it_is_kept() -> None:
    [target] = RULE["Targets"]
    assert target["Arn"] == arn("DeliveriesQueue")
    assert target["DeadLetterConfig"]["Arn"] == arn("DeliveriesDeadLetters")
    redrive = QUEUES["DeliveriesQueue"]["Properties"]["RedrivePolicy"]
    assert redrive["deadLetterTargetArn"] == arn("DeliveriesDeadLetters")


def test_only_the_rule_may_fill_the_queues_from_outside() -> None:
    policies = [one["Properties"] for one in resources("AWS::SQS::QueuePolicy").values()]
    stated = [one for policy in policies for one in policy["PolicyDocument"]["Statement"]]
    [statement] = [one for one in stated if one.get("Effect") == "Allow"]
    assert statement["Principal"] == {"Service": "events.amazonaws.com"}
    assert statement["Action"] == ["sqs:SendMessage"]
    assert statement["Resource"] == [arn("DeliveriesQueue"), arn("DeliveriesDeadLetters")]
    assert statement["Condition"] == {"ArnEquals": {"aws:SourceArn": arn("DeliveriesRule")}}


def test_every_queue_of_dead_letters_raises_an_alarm() -> None:
    alarms = json.dumps(list(resources("AWS::CloudWatch::Alarm").values()))
    assert "DeliveriesDeadLetters" in alarms
    assert "FailedFacts" in alarms


def test_facts_that_are_told_late_raise_an_alarm() -> None:
    alarm = resources("AWS::CloudWatch::Alarm")["FactsLateAlarm"]["Properties"]
    assert alarm["MetricName"] == "IteratorAge"
    assert alarm["Dimensions"][0]["Value"] == {"Ref": "PublishFactsFunction"}


@EVERY_STREAM
def test_a_stream_is_read_from_its_beginning_with_both_images(name: str) -> None:
    table = resources("AWS::DynamoDB::Table")[STREAMED[name]]["Properties"]
    assert table["StreamSpecification"] == {"StreamViewType": "NEW_AND_OLD_IMAGES"}
    mapping = resources("AWS::Lambda::EventSourceMapping")[name]["Properties"]
    assert mapping["EventSourceArn"] == {"Fn::GetAtt": [STREAMED[name], "StreamArn"]}
    assert mapping["FunctionName"] == {"Ref": "PublishFactsFunction"}
    assert mapping["StartingPosition"] == "TRIM_HORIZON"


@EVERY_STREAM
def test_what_fails_is_cut_small_and_kept_while_the_stream_still_has_it(name: str) -> None:
    mapping = resources("AWS::Lambda::EventSourceMapping")[name]["Properties"]
    assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert mapping["BisectBatchOnFunctionError"] is True
    assert 1 <= mapping["MaximumRetryAttempts"] <= 1_000
    assert mapping["MaximumRecordAgeInSeconds"] <= RETENTION_SECONDS / 2
    assert mapping["DestinationConfig"]["OnFailure"]["Destination"] == arn("FailedFacts")


@EVERY_STREAM
def test_a_stream_wakes_the_function_only_for_what_it_asks_for(name: str) -> None:
    assert 1 <= len(filters_of(name)) <= FILTERS_MAX


@pytest.mark.parametrize(
    "name", ["LeadsStreamMapping", "WalletsStreamMapping", "DeliveriesQueueMapping"]
)
def test_facts_of_many_leads_come_together_and_nobody_waits_long_for_them(name: str) -> None:
    mapping = resources("AWS::Lambda::EventSourceMapping")[name]["Properties"]
    assert mapping["BatchSize"] >= 10
    assert 1 <= mapping["MaximumBatchingWindowInSeconds"] <= WAITED_SECONDS_MAX


@pytest.mark.parametrize("name", ["PublishFactsFunction", "PlanDeliveriesFunction"])
def test_what_no_request_waits_for_is_traced_only_where_its_cause_was(name: str) -> None:
    functions = resources("AWS::Serverless::Function")
    assert functions[name]["Properties"]["Tracing"] == "PassThrough"


def passes(old: str | None, new: str, sort_key: str = "LEAD") -> bool:
    """Whether a change of the leads' table passes its filters."""
    images = {"NewImage": {"status": {"S": new}}}
    if old is not None:
        images["OldImage"] = {"status": {"S": old}}
    record = {
        "eventName": "MODIFY" if old else "INSERT",
        "dynamodb": {"Keys": {"sk": {"S": sort_key}}, **images},
    }
    return any(matches(one, record) for one in filters_of("LeadsStreamMapping"))


@EVERY_STATUS
def test_exactly_the_transitions_of_a_lead_pass_that_tell_something(status: LeadStatus) -> None:
    assert passes(None, status)
    for row in TABLE:
        if row.before and row.after is status and not row.of_tests:
            change = LeadChange(TENANT_ID, lead(status=row.before), lead(status=status))
            assert passes(row.before, status) is bool(change.told())
    assert not passes(status, status)
    assert not passes(status, "deleted")


def test_items_beside_the_leads_do_not_pass() -> None:
    assert not passes(None, "accepted", "SUBMISSION")
    assert not passes("processing", "assigned", "RETURN")
