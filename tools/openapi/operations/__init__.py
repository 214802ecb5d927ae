"""Every route of the API: what is said of it beside its models."""

from tools.openapi.operation import Operation
from tools.openapi.operations.configuration import CONFIGURATION
from tools.openapi.operations.customers import BIDS, CUSTOMERS
from tools.openapi.operations.jobs import JOBS
from tools.openapi.operations.leads import LEADS
from tools.openapi.operations.marketplace import DEMANDS, MARKETPLACE
from tools.openapi.operations.returns import RETURNS
from tools.openapi.operations.settings import PLAN, SETTINGS
from tools.openapi.operations.source_api import API_DOCUMENT, SOURCE_API
from tools.openapi.operations.users import USERS
from tools.openapi.operations.webhooks import WEBHOOKS

OPERATIONS: tuple[Operation, ...] = (
    *SOURCE_API,
    *LEADS,
    *RETURNS,
    *JOBS,
    *CUSTOMERS,
    *BIDS,
    *MARKETPLACE,
    *DEMANDS,
    *CONFIGURATION,
    *PLAN,
    *SETTINGS,
    *USERS,
    *WEBHOOKS,
    API_DOCUMENT,
)
