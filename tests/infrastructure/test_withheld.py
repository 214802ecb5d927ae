"""The queue of withheld leads as the template draws it, against the bounds of the code."""

from datetime import timedelta

from leadflow.application.oldest_withheld import REPLY_SECONDS, RUN_SECONDS_MIN
from leadflow.application.release_withheld_leads import AGE_MAX, RECEIVES_MAX
from tests.infrastructure.template import resources, template
from tools.local_stack.layout import WITHHELD_RETRY_SECONDS

QUEUES = resources("AWS::SQS::Queue")
QUEUE, DEAD_LETTERS = (
    QUEUES[name]["Properties"] for name in ("WithheldQueue", "WithheldDeadLetters")
)
RELEASE = resources("AWS::Serverless::Function")["ReleaseWithheldLeadsFunction"]["Properties"]
MAPPING = resources("AWS::Lambda::EventSourceMapping")["WithheldQueueMapping"]


def test_tokens_are_replaced_days_before_they_are_lost() -> None:
    kept = timedelta(seconds=QUEUE["MessageRetentionPeriod"])
    assert kept == timedelta(days=14)
    assert kept - AGE_MAX >= timedelta(days=2)


def test_tokens_are_replaced_before_they_count_as_dead() -> None:
    assert QUEUE["RedrivePolicy"]["maxReceiveCount"] >= RECEIVES_MAX + 100


def test_a_batch_ends_before_its_messages_come_again() -> None:
    assert RELEASE["Timeout"] == QUEUE["VisibilityTimeout"] == {"Ref": "WithheldRetrySeconds"}


def test_a_blocked_tenant_is_looked_at_once_a_minute() -> None:
    parameter = template()["Parameters"]["WithheldRetrySeconds"]
    assert parameter["Default"] == 60
    assert parameter["MinValue"] <= int(WITHHELD_RETRY_SECONDS)
    assert parameter["MinValue"] > RUN_SECONDS_MIN + REPLY_SECONDS


def test_tokens_come_in_order_and_each_is_answered_for_itself() -> None:
    assert QUEUE["FifoQueue"]
    assert DEAD_LETTERS["FifoQueue"]
    assert MAPPING["Properties"]["FunctionResponseTypes"] == ["ReportBatchItemFailures"]


def test_dead_letters_raise_an_alarm() -> None:
    alarms = resources("AWS::CloudWatch::Alarm").values()
    watched = [str(alarm["Properties"]["Dimensions"]) for alarm in alarms]
    assert any("WithheldDeadLetters" in one for one in watched)
