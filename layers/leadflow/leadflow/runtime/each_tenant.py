"""What is done on a schedule for every tenant: one that is in trouble holds up no other."""

from collections.abc import Callable, Iterator
from typing import TypeVar

from leadflow.domain.identifiers import TenantId
from leadflow.runtime import container
from leadflow.runtime.observability import logger

Done = TypeVar("Done")


def for_each_tenant(do: Callable[[TenantId], Done]) -> Iterator[tuple[TenantId, Done]]:
    """What came of it, tenant by tenant.

    Raises the last error once all are through, so that the call counts as failed and is told of.
    """
    last: Exception | None = None
    for tenant_id in container.configuration().tenants():
        try:
            done = do(tenant_id)
        except Exception as fault:
            logger().error("tenant left out", tenant_id=tenant_id, fault=type(fault).__name__)
            last = fault
        else:
            yield tenant_id, done
    if last is not None:
        raise last
