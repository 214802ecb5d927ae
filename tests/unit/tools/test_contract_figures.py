"""The figures of the contract's last run, as the document shows them."""

import json

from tools.contract_figures import HEAD, RULE, table


def _line(name: str, operations: int, seed: int | None) -> str:
    run = {"name": name, "promises": ["C1", "C2"], "operations": operations, "faults": 3}
    return json.dumps(run | {"seed": seed})


def test_a_run_has_a_row_and_the_last_one_of_a_name_counts() -> None:
    lines = [_line("races", 10, 1), _line("faults", 7, None), _line("races", 2000, 42)]
    assert table(lines).splitlines() == [
        HEAD,
        RULE,
        "| faults | C1, C2 | 7 | 3 |  | 0 |",
        "| races | C1, C2 | 2,000 | 3 | 42 | 0 |",
    ]
