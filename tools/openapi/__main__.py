"""`make openapi`: write the document where the function that serves it finds it."""

import json

from tools.local_stack.layout import ROOT
from tools.openapi.document import document

PATH = ROOT / "functions/show_api_document/openapi.json"


def spelled() -> str:
    """The document as its file has it."""
    return json.dumps(document(), indent=1) + "\n"


if __name__ == "__main__":
    PATH.write_text(spelled())
    print(f"wrote {PATH.relative_to(ROOT)}: {PATH.stat().st_size // 1024} KiB")
