"""Whose turn it is in the Round Robin stages of a tenant, and who may take part in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from leadflow.application.list_ports import Spot
    from leadflow.domain.customers import Customer
    from leadflow.domain.identifiers import CustomerId, StageId, TenantId
    from leadflow.domain.rotations import RotationState


class Rotations(Protocol):
    """What Round Robin stages have handed out; a turn is stored with the lead that takes it."""

    def get(self, tenant_id: TenantId, stage_id: StageId) -> RotationState:
        """What a stage has handed out, as of now; version 0 if that is nothing."""
        ...


class CustomerList(Protocol):
    """All customers of a tenant, archived ones included."""

    def spots(self, tenant_id: TenantId, *, limit: int, position: str | None) -> Sequence[Spot]:
        """The next customers behind a position, newest first; fewer than `limit` at the end."""
        ...

    def many(
        self, tenant_id: TenantId, customer_ids: Sequence[CustomerId]
    ) -> Mapping[CustomerId, Customer]:
        """Customers by id, as of now; unknown ones are left out."""
        ...
