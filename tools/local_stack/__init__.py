"""The local stack: the real template on an AWS emulator on this machine."""

from tools.local_stack.errors import StackError
from tools.local_stack.files import StackInfo
from tools.local_stack.layout import default_directory
from tools.local_stack.lifecycle import create_tenant, reset_stack, start_stack, stop_stack

__all__ = [
    "StackError",
    "StackInfo",
    "create_tenant",
    "default_directory",
    "reset_stack",
    "start_stack",
    "stop_stack",
]
