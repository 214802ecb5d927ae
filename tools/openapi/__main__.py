"""`make openapi`: write the document where the function that serves it finds it."""

import json

from tools.local_stack.layout import ROOT
from tools.openapi.document import document

PATH = ROOT / "functions/show_api_document/openapi.json"

_OPENED = {"paths": 2, "components": 2}
"""How many levels of a member are laid open; each operation and each schema is one line."""


def spelled() -> str:
    """The document as its file has it: small, and a change of it is a change of a few lines."""
    members = (
        f" {json.dumps(name)}: {_laid_open(held, _OPENED.get(name, 0), ' ')}"
        for name, held in document().items()
    )
    return "{\n" + ",\n".join(members) + "\n}\n"


def _laid_open(held: object, levels: int, indent: str) -> str:
    if levels == 0 or not isinstance(held, dict):
        return json.dumps(held, separators=(",", ":"))
    deeper = indent + " "
    members = (
        f"{deeper}{json.dumps(name)}: {_laid_open(one, levels - 1, deeper)}"
        for name, one in held.items()
    )
    return "{\n" + ",\n".join(members) + f"\n{indent}}}"


if __name__ == "__main__":
    PATH.write_text(spelled())
    print(f"wrote {PATH.relative_to(ROOT)}: {PATH.stat().st_size // 1024} KiB")
