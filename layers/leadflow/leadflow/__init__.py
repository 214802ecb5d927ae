"""Leadflow: an open, serverless lead-distribution platform.

A function's start makes some hundred thousand objects that stay, and no garbage. Looking for some
after each seven hundred of them, which is Python's habit, took a quarter of the start.
"""

import gc

GARBAGE_OBJECTS_MAX = 150_000
"""Objects that may be made beyond those given up before garbage is looked for; some 30 MiB."""

gc.set_threshold(GARBAGE_OBJECTS_MAX)
