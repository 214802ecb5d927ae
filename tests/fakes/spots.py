"""Places in a list, by sorting."""

from collections.abc import Iterable, Sequence

from leadflow.application.list_ports import Spot


def behind(
    spots: Iterable[Spot], *, limit: int, position: str | None, ascending: bool = False
) -> Sequence[Spot]:
    ordered = sorted(spots, key=lambda spot: spot.position, reverse=not ascending)
    if position is not None:
        ordered = [spot for spot in ordered if (spot.position > position) is ascending]
        ordered = [spot for spot in ordered if spot.position != position]
    return ordered[:limit]
