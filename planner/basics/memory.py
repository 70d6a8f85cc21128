"""Memory that is no longer used, given back to the machine."""

from __future__ import annotations

import ctypes
import gc
from contextlib import suppress


def release_memory() -> None:
    """Let go of what nothing refers to any more.

    The C library keeps what was freed, in pieces between those still used, of which a solver can use few; glibc can be
    asked to hand them over. Elsewhere only Python's own collection takes place.
    """
    gc.collect()
    with suppress(AttributeError, OSError, TypeError):  # no such function, no such library, or Windows
        ctypes.CDLL(None).malloc_trim(0)
