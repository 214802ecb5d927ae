"""One structured line per decision, ids only, and one metric per outcome."""

from functools import cache

from aws_lambda_powertools import Logger
from aws_lambda_powertools.metrics import MetricUnit, single_metric

METRICS_NAMESPACE = "Leadflow"


@cache
def logger() -> Logger:
    """The logger of this process; it never writes events, which carry contact data."""
    return Logger(service="leadflow", log_uncaught_exceptions=False, use_rfc3339=True)


def count(name: str, times: int = 1, **dimensions: str) -> None:
    """Count something that happened, written as a log line that CloudWatch reads as a metric."""
    with single_metric(
        name=name, unit=MetricUnit.Count, value=times, namespace=METRICS_NAMESPACE
    ) as metric:
        for dimension, value in dimensions.items():
            metric.add_dimension(name=dimension, value=value)
