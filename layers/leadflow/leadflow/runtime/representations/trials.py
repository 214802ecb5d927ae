"""Trial calls of partners, as the API shows them (`api.md`, 6)."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from leadflow.application.try_partner_exchange import Trial


def trial_body(trial: Trial) -> Mapping[str, object]:
    """What was sent, what was answered (null: nothing), and what that comes to."""
    return asdict(trial)
