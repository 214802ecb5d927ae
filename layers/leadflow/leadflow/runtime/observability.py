"""One structured line per decision, ids only, and one metric per outcome."""

from functools import cache

from aws_lambda_powertools import Logger, Metrics

METRICS_NAMESPACE = "Leadflow"


@cache
def logger() -> Logger:
    """The logger of this process; it never writes events, which carry contact data."""
    return Logger(service="leadflow", log_uncaught_exceptions=False, use_rfc3339=True)


@cache
def metrics() -> Metrics:
    """The metrics of this process, written as log lines."""
    return Metrics(namespace=METRICS_NAMESPACE, service="leadflow")
