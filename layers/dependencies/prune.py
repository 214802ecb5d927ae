"""Remove from the layer what no function reads: a cold start pays for every file it unpacks.

Takes the layer's package directory. Run by the layer's Makefile, with any Python 3.
"""

import shutil
import sys
from pathlib import Path

# What functions call, and `sts`, which credentials by role need. A new client brings its service;
# botocore describes some 400.
AWS_SERVICES = frozenset({"dynamodb", "events", "kms", "s3", "sqs", "stepfunctions", "sts"})

# Kept of phonenumbers: numbering plans. Dropped: places, carriers and time zones of numbers.
UNUSED = (
    "bin",
    "boto3/examples",
    "phonenumbers/carrier*",
    "phonenumbers/geo*",
    "phonenumbers/timezone*",
    "phonenumbers/tzdata",
    "**/tests",
    "**/*.pyi",
    "**/*.dist-info/RECORD",
    "**/*.dist-info/INSTALLER",
    "**/*.dist-info/REQUESTED",
)


def remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def unused_services(descriptions: Path) -> list[Path]:
    """Directories of services outside AWS_SERVICES in one package's `data` directory."""
    if not descriptions.is_dir():
        return []
    services = (path for path in descriptions.iterdir() if path.is_dir())
    return [path for path in services if path.name not in AWS_SERVICES]


def prune(packages: Path) -> None:
    """Remove what no function reads from an installed package directory."""
    for package in ("botocore", "boto3"):
        for path in unused_services(packages / package / "data"):
            remove(path)
    for pattern in UNUSED:
        for path in list(packages.glob(pattern)):
            remove(path)


if __name__ == "__main__":
    prune(Path(sys.argv[1]))
