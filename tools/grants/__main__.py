"""`make grants`: say which grants of the template no test has used, and which ones tests lacked.

Exit code 0: each was used, or `without_proof.py` says what for. 1: some were not, a reason is left
that nothing needs any more, or handlers asked on moto, which lets everybody do everything, for what
they are not granted. 2: nothing was noted; `make test` notes it.
"""

import sys
from collections.abc import Container, Iterable, Mapping

from tools.grants.granted import Grant, granted, template_resources
from tools.grants.used import noted
from tools.grants.without_proof import WITHOUT_PROOF

WRONG, UNKNOWN = 1, 2
Pattern = tuple[str, str, str]


def idle(
    may: Iterable[Grant], did: Iterable[Grant], reasons: Mapping[Pattern, str]
) -> tuple[list[Grant], list[Pattern]]:
    """Grants without use and reason, and reasons that fit no grant without use."""
    unused = sorted(set(may) - set(did))
    fitting = {grant: [one for one in reasons if _fits(grant, one)] for grant in unused}
    needed = {one for found in fitting.values() for one in found}
    return (
        [grant for grant, found in fitting.items() if not found],
        sorted(set(reasons) - needed),
    )


def lacking(may: Iterable[Grant], did: Iterable[Grant], template: Container[str]) -> list[Grant]:
    """What functions did without a grant; things that the template does not have are left out."""
    return sorted(
        one
        for one in set(did) - set(may)
        if one.function in template and one.resource.partition("/")[0] in template
    )


def _fits(grant: Grant, pattern: Pattern) -> bool:
    values = (grant.function, grant.action, grant.resource)
    return all(wanted in ("*", value) for wanted, value in zip(pattern, values, strict=True))


def main() -> int:
    """Compare; the exit code."""
    did = noted()
    if not did:
        print("Nothing was noted: `make test` notes what functions do.", file=sys.stderr)
        return UNKNOWN
    resources = template_resources()
    may = granted(resources)
    unused, left = idle(may, did, WITHOUT_PROOF)
    lacked = lacking(may, did, resources)
    for grant in lacked:
        print(f"A test needs it, and it is not granted: {grant}")
    for grant in unused:
        print(f"No test needs it: {grant}")
    for pattern in left:
        print(f"A reason is left without its grant: {' '.join(pattern)}")
    print(f"{len(may)} grants, {len(may & did)} used by tests, {len(unused)} without a use.")
    return WRONG if lacked or unused or left else 0


if __name__ == "__main__":
    raise SystemExit(main())
