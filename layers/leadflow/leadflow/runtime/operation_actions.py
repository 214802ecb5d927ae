"""What is done on a schedule over all tenants, with the adapters that stand behind its ports.

Everything is made at its first use and kept for the life of the process.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from leadflow.runtime import container, stage_actions

if TYPE_CHECKING:
    from leadflow.application.reconcile_all import ReconcileAll
    from leadflow.application.verify_ledger import VerifyLedger


@cache
def verify_ledger() -> VerifyLedger:
    """The judging of all money."""
    from leadflow.application.verify_ledger import VerifyLedger

    return VerifyLedger(
        tenants=container.configuration(),
        customers=container.customer_store(),
        wallets=container.wallets(),
        orders=container.marketplace(),
        bookmarks=container.bookmarks(),
        clock=container.clock(),
    )


@cache
def reconcile_all() -> ReconcileAll:
    """The end of what crashes left behind, of all tenants."""
    from leadflow.application.reconcile_all import ReconcileAll

    return ReconcileAll(
        tenants=container.configuration(),
        bookmarks=container.bookmarks(),
        reconcile=stage_actions.reconcile(),
        clock=container.clock(),
    )
