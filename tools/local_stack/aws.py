"""AWS clients for the local stack, with the emulator's root key."""

from typing import TYPE_CHECKING

import boto3
from botocore.config import Config

from tools.local_stack import layout

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_s3 import S3Client

ATTEMPTS_MAX = 3
CONFIG = Config(
    retries={"mode": "standard", "total_max_attempts": ATTEMPTS_MAX},
    # The emulator has one host name: no `sync-` prefix for Step Functions.
    inject_host_prefix=False,
    proxies={},
)


def local_session() -> boto3.Session:
    """A session of the emulator's root caller. Give its clients `endpoint_url` and CONFIG."""
    return boto3.Session(
        aws_access_key_id=layout.ACCESS_KEY_ID,
        aws_secret_access_key=layout.SECRET_ACCESS_KEY,
        region_name=layout.REGION,
    )


def cloudformation(endpoint_url: str) -> "CloudFormationClient":
    return local_session().client("cloudformation", endpoint_url=endpoint_url, config=CONFIG)


def lambda_(endpoint_url: str) -> "LambdaClient":
    return local_session().client("lambda", endpoint_url=endpoint_url, config=CONFIG)


def s3(endpoint_url: str) -> "S3Client":
    return local_session().client("s3", endpoint_url=endpoint_url, config=CONFIG)
