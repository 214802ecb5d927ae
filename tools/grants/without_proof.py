"""Grants that no test uses, each with what it is for: only AWS itself uses or asks for them."""

from collections.abc import Mapping

POLLS = "Lambda's poller uses them in the function's name; the emulator polls by itself"
GIVES_UP = "an upload in parts that breaks off is given up; on the emulator none breaks off"
KEEPS_FAILURES = "Lambda sends there in the function's name what failed for good"
TELLS_MISSING = "S3 says that a file is missing only to who may list; to others, that it is denied"

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
    ("CollectReprocessResultsFunction", "s3:ListBucket", "*"): TELLS_MISSING,
    ("ImportLeadsFunction", "s3:ListBucket", "*"): TELLS_MISSING,
    ("ReprocessBatchFunction", "s3:ListBucket", "*"): TELLS_MISSING,
}
"""By function, action and resource; a star stands for each."""
