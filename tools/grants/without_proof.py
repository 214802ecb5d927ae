"""Grants that no test uses, each with what it is for: only AWS itself uses them."""

from collections.abc import Mapping

POLLS = "Lambda's poller uses them in the function's name; the emulator polls by itself"
GIVES_UP = "an upload in parts that breaks off is given up; on the emulator none breaks off"
KEEPS_FAILURES = "Lambda sends there in the function's name what failed for good"

WITHOUT_PROOF: Mapping[tuple[str, str, str], str] = {
    ("*", "sqs:ReceiveMessage", "*"): POLLS,
    ("*", "sqs:DeleteMessage", "*"): POLLS,
    ("*", "sqs:GetQueueAttributes", "*"): POLLS,
    ("*", "dynamodb:DescribeStream", "*"): POLLS,
    ("*", "dynamodb:GetRecords", "*"): POLLS,
    ("*", "dynamodb:GetShardIterator", "*"): POLLS,
    ("*", "dynamodb:ListStreams", "*"): POLLS,
    ("*", "sqs:SendMessage", "FailedInvocations"): KEEPS_FAILURES,
    ("*", "s3:AbortMultipartUpload", "*"): GIVES_UP,
}
"""By function, action and resource; a star stands for each."""
