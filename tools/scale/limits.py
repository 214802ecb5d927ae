"""Published limits of the services, as their pages said when they were looked up.

Defaults of an account in US East (N. Virginia), Oregon or Ireland; other Regions often allow less.
The documents show these figures and no others.
"""

from dataclasses import dataclass

CHECKED_ON = "2026-11-28"
"""When the pages were looked up last, in stored copies that may be some months older."""

_DYNAMODB = "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/"


@dataclass(frozen=True)
class Limit:
    """One limit: how much of what, for whom, whether more can be had, and who says so."""

    value: int
    unit: str
    scope: str
    adjustable: bool
    title: str
    url: str


def _dynamodb(value: int, unit: str, scope: str, title: str, page: str, *, more: bool) -> Limit:
    return Limit(value, unit, scope, more, f"DynamoDB, {title}", f"{_DYNAMODB}{page}.html")


PARTITION_WRITES = _dynamodb(
    1_000,
    "write units/s",
    "partition; an item at most",
    "best practices for partition keys",
    "bp-partition-key-design",
    more=False,
)
PARTITION_READS = _dynamodb(
    3_000,
    "read units/s",
    "partition; an item at most",
    "best practices for partition keys",
    "bp-partition-key-design",
    more=False,
)
NEW_TABLE_WRITES = _dynamodb(
    4_000,
    "write units/s",
    "new table on demand; then twice the peak so far within 30 minutes",
    "pre-warming a table for on-demand mode",
    "pre-warming-on-demand-capacity-mode",
    more=True,
)
TABLE_WRITES = _dynamodb(
    40_000,
    "write units/s",
    "table, or one index of it, on demand",
    "service, account and table quotas",
    "ServiceQuotas",
    more=True,
)
COLLECTION_BYTES = _dynamodb(
    10 * 1024**3,
    "bytes",
    "partition key of a table with a local index, index included",
    "local secondary indexes",
    "LSI",
    more=False,
)
API_REQUESTS = Limit(
    10_000,
    "requests/s",
    "account and Region, all APIs",
    adjustable=True,
    title="Amazon API Gateway quotas",
    url="https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html",
)
API_BURST = Limit(
    5_000,
    "requests",
    "account and Region, all APIs",
    adjustable=False,
    title="AWS re:Post, manage API Gateway throttling quotas",
    url="https://repost.aws/knowledge-center/api-gateway-throttling",
)
LAMBDA_CONCURRENCY = Limit(
    1_000,
    "executions at once",
    "account and Region, all functions",
    adjustable=True,
    title="Lambda quotas",
    url="https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html",
)
LAMBDA_REQUESTS_PER_EXECUTION = Limit(
    10,
    "requests/s for each execution at once",
    "account and Region",
    adjustable=False,
    title="Lambda quotas",
    url="https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html",
)
LAMBDA_SCALING = Limit(
    1_000,
    "more executions every 10 s",
    "function",
    adjustable=False,
    title="Lambda scaling behavior",
    url="https://docs.aws.amazon.com/lambda/latest/dg/scaling-behavior.html",
)
LAMBDA_FILES = Limit(
    1_024,
    "open files and connections",
    "execution",
    adjustable=False,
    title="Lambda quotas",
    url="https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html",
)
EXPRESS_STARTS = Limit(
    6_000,
    "StartExecution/s, and as many at once",
    "account and Region; StartSyncExecution scales on demand without a published number",
    adjustable=True,
    title="Step Functions service quotas",
    url="https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html",
)
FIFO_CALLS = Limit(
    300,
    "calls/s of each action",
    "FIFO queue without high throughput",
    adjustable=False,
    title="Amazon SQS message quotas",
    url="https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html",
)
PUT_EVENTS = Limit(
    10_000,
    "PutEvents/s",
    "account and Region",
    adjustable=True,
    title="Amazon EventBridge quotas",
    url="https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html",
)
RULE_INVOCATIONS = Limit(
    18_750,
    "invocations of targets/s",
    "account and Region; more are delayed",
    adjustable=True,
    title="Amazon EventBridge quotas",
    url="https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html",
)
KMS_REQUESTS = Limit(
    100_000,
    "requests/s with symmetric keys",
    "account and Region; 10,000 or 20,000 in most others",
    adjustable=True,
    title="AWS KMS request quotas",
    url="https://docs.aws.amazon.com/kms/latest/developerguide/requests-per-second.html",
)

LIMITS = (
    PARTITION_WRITES,
    PARTITION_READS,
    NEW_TABLE_WRITES,
    TABLE_WRITES,
    COLLECTION_BYTES,
    API_REQUESTS,
    API_BURST,
    LAMBDA_CONCURRENCY,
    LAMBDA_REQUESTS_PER_EXECUTION,
    LAMBDA_SCALING,
    LAMBDA_FILES,
    EXPRESS_STARTS,
    FIFO_CALLS,
    PUT_EVENTS,
    RULE_INVOCATIONS,
    KMS_REQUESTS,
)
