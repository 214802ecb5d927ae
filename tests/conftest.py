"""How thoroughly properties are tried: quickly by default, thoroughly where `make test` says so.

`thorough` tries the same examples every time, so that a red run is about the change that was made.
New ones are looked for by `explore` (`make explore`); what it finds becomes a named test.
"""

import os

from hypothesis import settings

settings.register_profile("quick", max_examples=20, deadline=None)
settings.register_profile("thorough", max_examples=100, deadline=None, derandomize=True)
settings.register_profile("explore", max_examples=1_000, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))
