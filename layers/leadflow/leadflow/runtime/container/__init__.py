"""The one composition root: which adapter stands behind which port.

Everything is made at its first use and kept for the life of the process. Adapters are imported
where they are made, so that a function loads only what it uses.
"""

from leadflow.runtime.container.demand import (
    demand_lists,
    demand_writer,
    demands,
    source_rates,
)
from leadflow.runtime.container.foundation import (
    clock,
    configuration,
    credentials,
    formats,
    ids,
    secrets,
    tables_named,
    users,
)
from leadflow.runtime.container.job import demand_blocks, files, imports, job_runs, jobs, uploads
from leadflow.runtime.container.leads import (
    flow_lists,
    flows,
    lead_lists,
    leads,
    marketplace,
    pings,
    plan_usage,
    returns,
    rotations,
    submission_lists,
    submissions,
    withheld_leads,
)
from leadflow.runtime.container.money import (
    bid_book,
    bid_store,
    bids_of_type,
    customer_store,
    customers,
    sales,
    wallets,
)
from leadflow.runtime.container.outside import (
    addresses,
    bus,
    call_counts,
    distribution,
    outbound,
    real_estate_api,
    signatures,
    withheld_queue,
)

__all__ = [
    "addresses",
    "bid_book",
    "bid_store",
    "bids_of_type",
    "bus",
    "call_counts",
    "clock",
    "configuration",
    "credentials",
    "customer_store",
    "customers",
    "demand_blocks",
    "demand_lists",
    "demand_writer",
    "demands",
    "distribution",
    "files",
    "flow_lists",
    "flows",
    "formats",
    "ids",
    "imports",
    "job_runs",
    "jobs",
    "lead_lists",
    "leads",
    "marketplace",
    "outbound",
    "pings",
    "plan_usage",
    "real_estate_api",
    "returns",
    "rotations",
    "sales",
    "secrets",
    "signatures",
    "source_rates",
    "submission_lists",
    "submissions",
    "tables_named",
    "uploads",
    "users",
    "wallets",
    "withheld_leads",
    "withheld_queue",
]
