"""A machine, a queue and a bus that are only named: whoever measures answers for them."""

import pytest

from tests.bench.account import BUS, MACHINE_ARN, QUEUE_URL

NAMES = {
    "DISTRIBUTION_STATE_MACHINE_ARN": MACHINE_ARN,
    "WITHHELD_QUEUE_URL": QUEUE_URL,
    "EVENT_BUS_NAME": BUS,
}


@pytest.fixture(autouse=True)
def outlets(monkeypatch: pytest.MonkeyPatch) -> None:
    """Name them before the tables are made, for with them the settings are read."""
    for name, value in NAMES.items():
        monkeypatch.setenv(name, value)
