"""Rotations: one item for each stage, every change of it conditional on its version.

All takers of a stage lie in one item, for the order of all of them decides whose turn it is. It is
packed: a stage with thousands of takers stays far below the size of an item.
"""

import zlib

from leadflow.adapters.dynamodb.flow_items import RotationItem
from leadflow.adapters.dynamodb.keys import tenant_key
from leadflow.adapters.dynamodb.store import read
from leadflow.adapters.dynamodb.transactions import Transaction
from leadflow.application.ports import Refused
from leadflow.domain.identifiers import StageId, TenantId
from leadflow.domain.rotations import RotationState


class DynamoRotations:
    """Implements `Rotations`."""

    def get(self, tenant_id: TenantId, stage_id: StageId) -> RotationState:
        """One consistent read."""
        item = read(RotationItem, _rotation_key(tenant_id), stage_id)
        if item is None:
            return RotationState(stage_id=stage_id)
        return RotationState.model_validate_json(zlib.decompress(item.packed))


def rotation_put(transaction: Transaction, tenant_id: TenantId, state: RotationState) -> None:
    """Write a rotation on the condition that the version before is stored: `Refused.ROTATION`."""
    is_first = state.version == 1
    absent, before = RotationItem.pk.does_not_exist(), RotationItem.version == state.version - 1
    item = RotationItem(
        _rotation_key(tenant_id),
        state.stage_id,
        packed=zlib.compress(state.model_dump_json().encode()),
        version=state.version,
    )
    transaction.put(item, condition=absent if is_first else before, label=Refused.ROTATION)


def _rotation_key(tenant_id: TenantId) -> str:
    return tenant_key(tenant_id, "ROTATION")
