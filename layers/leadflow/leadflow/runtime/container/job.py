"""Where jobs are, the workflows that carry them, and their files."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from leadflow.runtime.container.foundation import known_settings, tables_named

if TYPE_CHECKING:
    from leadflow.adapters.dynamodb.demand_blocks import DynamoDemandBlocks
    from leadflow.adapters.dynamodb.imports import DynamoImports
    from leadflow.adapters.dynamodb.jobs import DynamoJobs
    from leadflow.adapters.files import S3Files
    from leadflow.adapters.uploads import S3Uploads
    from leadflow.adapters.workflows import StandardWorkflows


@cache
def jobs() -> DynamoJobs:
    """Jobs."""
    from leadflow.adapters.dynamodb.jobs import DynamoJobs

    tables_named()
    return DynamoJobs()


@cache
def job_runs() -> StandardWorkflows:
    """The workflows behind jobs."""
    from leadflow.adapters.workflows import StandardWorkflows
    from leadflow.domain.jobs import JobKind

    return StandardWorkflows(
        {
            JobKind.LEAD_REPROCESS: known_settings().reprocess_state_machine_arn,
            JobKind.LEAD_EXPORT: known_settings().export_state_machine_arn,
            JobKind.RETURN_TIER_RECALCULATION: known_settings().recalculation_state_machine_arn,
            JobKind.LEAD_IMPORT: known_settings().import_state_machine_arn,
            JobKind.LEAD_ERASURE: known_settings().erasure_state_machine_arn,
        }
    )


@cache
def files() -> S3Files:
    """Files."""
    from leadflow.adapters.files import S3Files

    return S3Files(known_settings().files_bucket)


@cache
def imports() -> DynamoImports:
    """Imports."""
    from leadflow.adapters.dynamodb.imports import DynamoImports

    tables_named()
    return DynamoImports()


@cache
def uploads() -> S3Uploads:
    """Uploaded files."""
    from leadflow.adapters.uploads import S3Uploads

    return S3Uploads(known_settings().files_bucket)


@cache
def demand_blocks() -> DynamoDemandBlocks:
    """New demands of imports."""
    from leadflow.adapters.dynamodb.demand_blocks import DynamoDemandBlocks

    tables_named()
    return DynamoDemandBlocks()
