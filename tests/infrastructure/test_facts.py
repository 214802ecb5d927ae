"""The way of a fact as the template draws it: from the bus to the queue of deliveries."""

import json

from leadflow.adapters.event_bridge import SOURCE
from leadflow.domain.told_facts import KINDS, FactName
from tests.infrastructure.template import resources

QUEUES = resources("AWS::SQS::Queue")
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
    [policy] = resources("AWS::SQS::QueuePolicy").values()
    [statement] = policy["Properties"]["PolicyDocument"]["Statement"]
    assert statement["Principal"] == {"Service": "events.amazonaws.com"}
    assert statement["Action"] == ["sqs:SendMessage"]
    assert statement["Resource"] == [arn("DeliveriesQueue"), arn("DeliveriesDeadLetters")]
    assert statement["Condition"] == {"ArnEquals": {"aws:SourceArn": arn("DeliveriesRule")}}


def test_every_queue_of_dead_letters_raises_an_alarm() -> None:
    alarms = json.dumps(list(resources("AWS::CloudWatch::Alarm").values()))
    assert "DeliveriesDeadLetters" in alarms
