"""List prices of AWS in us-east-1, first tier, without any free tier. Each with where it was read.

AWS's own price pages could not be read as they are today; what is said here was found in stored
copies of them and in others' texts. `verified` tells whether the figure itself was seen there.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction

CHECKED_ON = date(2026, 11, 28)
MILLION = 1_000_000


class Item(StrEnum):
    """What AWS bills, and in what it counts."""

    API_REQUEST = "API Gateway, REST, requests"
    LAMBDA_REQUEST = "Lambda, requests"
    LAMBDA_ARM64 = "Lambda, GB-seconds, arm64"
    LAMBDA_X86_64 = "Lambda, GB-seconds, x86_64"
    EXPRESS_REQUEST = "Step Functions, Express, requests"
    EXPRESS_TIME = "Step Functions, Express, GB-seconds"
    WRITE_UNIT = "DynamoDB, write units"
    READ_UNIT = "DynamoDB, read units"
    SQS_STANDARD = "SQS, standard, requests"
    SQS_FIFO = "SQS, FIFO, requests"
    EVENT = "EventBridge, events"
    S3_PUT = "S3, requests that write"
    S3_GET = "S3, requests that read"
    LOG_GB = "CloudWatch, GB of log"
    TRACE = "X-Ray, traces"
    KMS_REQUEST = "KMS, requests"
    OUT_GB = "GB to the internet"


@dataclass(frozen=True)
class Price:
    """So many dollars for so many. `source` is where it was read on `CHECKED_ON`."""

    usd: str
    per: int
    source: str
    verified: bool = True

    @property
    def one(self) -> Fraction:
        """What one costs."""
        return Fraction(self.usd) / self.per


PRICES: Mapping[Item, Price] = {
    Item.API_REQUEST: Price(
        "3.50", MILLION, "awsforengineers.com/blog/aws-api-gateway-pricing-explained (2025-05)"
    ),
    Item.LAMBDA_REQUEST: Price(
        "0.20", MILLION, "git.mcrn.ar, lambda_local_runner, lambda-13-cost.md (2026-05)"
    ),
    Item.LAMBDA_ARM64: Price("0.0000133334", 1, "cloudchipr.com/blog/aws-lambda-pricing (2024)"),
    Item.LAMBDA_X86_64: Price("0.0000166667", 1, "cloudchipr.com/blog/aws-lambda-pricing (2024)"),
    Item.EXPRESS_REQUEST: Price("1.00", MILLION, "aws.amazon.com/step-functions/pricing, a copy"),
    Item.EXPRESS_TIME: Price(
        "0.06", 3_600, "aws.amazon.com/step-functions/pricing, a copy: 0.06 USD a GB-hour"
    ),
    Item.WRITE_UNIT: Price(
        "0.625", MILLION, "airbyte.com/data-engineering-resources/dynamodb-pricing (2025-07)"
    ),
    Item.READ_UNIT: Price(
        "0.125", MILLION, "airbyte.com/data-engineering-resources/dynamodb-pricing (2025-07)"
    ),
    Item.SQS_STANDARD: Price("0.40", MILLION, "cloudburn.io/blog/amazon-sqs-pricing (2026-03)"),
    Item.SQS_FIFO: Price("0.50", MILLION, "cloudburn.io/blog/amazon-sqs-pricing (2026-03)"),
    Item.EVENT: Price("1.00", MILLION, "aws.amazon.com/vi/eventbridge/pricing, a copy"),
    Item.S3_PUT: Price("0.005", 1_000, "from memory", verified=False),
    Item.S3_GET: Price("0.0004", 1_000, "from memory", verified=False),
    Item.LOG_GB: Price("0.50", 1, "duckbillgroup.com, on Lambda's tiered log prices (2025-05)"),
    Item.TRACE: Price("5.00", MILLION, "aws.amazon.com/de/xray/pricing, a copy"),
    Item.KMS_REQUEST: Price("0.03", 10_000, "from memory", verified=False),
    Item.OUT_GB: Price(
        "0.09", 1, "awsforengineers.com/blog/aws-api-gateway-pricing-explained (2025-05)"
    ),
}
