"""The actions of jobs, each with the adapters that stand behind its ports.

Everything is made at its first use and kept for the life of the process.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from leadflow.runtime import container

if TYPE_CHECKING:
    from leadflow.application.job_orders import JobOrders
    from leadflow.application.record_failed_job import RecordFailedJob
    from leadflow.application.track_jobs import TrackJobs
    from leadflow.application.watch_jobs import WatchJobs


@cache
def track_jobs() -> TrackJobs:
    """The actions behind `/jobs/{id}`."""
    from leadflow.application.track_jobs import TrackJobs

    return TrackJobs(jobs=container.jobs(), files=container.files(), clock=container.clock())


@cache
def watch_jobs() -> WatchJobs:
    """What leaves no job behind."""
    from leadflow.application.watch_jobs import WatchJobs

    return WatchJobs(jobs=container.jobs(), runs=container.job_runs(), clock=container.clock())


@cache
def job_orders() -> JobOrders:
    """How requests order jobs."""
    from leadflow.application.job_orders import JobOrders

    return JobOrders(jobs=container.jobs(), runs=container.job_runs(), clock=container.clock())


@cache
def record_failed_job() -> RecordFailedJob:
    """The task behind every failure of a workflow that has no report to write."""
    from leadflow.application.record_failed_job import RecordFailedJob

    return RecordFailedJob(jobs=container.jobs(), clock=container.clock())
