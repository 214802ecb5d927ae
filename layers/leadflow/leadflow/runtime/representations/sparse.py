"""Bodies that leave out members which have nothing to say."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from pydantic import model_serializer

from leadflow.domain.model import Frozen

if TYPE_CHECKING:
    from pydantic import SerializerFunctionWrapHandler


class Sparse(Frozen):
    """A body in which the members named in `optional` are absent while they are None or empty."""

    optional: ClassVar[frozenset[str]] = frozenset()

    @model_serializer(mode="wrap")
    def _without_blanks(self, dump: SerializerFunctionWrapHandler) -> dict[str, object]:
        members: dict[str, object] = dump(self)
        return {
            name: value
            for name, value in members.items()
            if name not in self.optional or value not in (None, {}, "")
        }
