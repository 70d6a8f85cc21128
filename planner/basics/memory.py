"""Memory that is no longer used goes back to the operating system."""

from __future__ import annotations

import ctypes
import gc
from contextlib import suppress


def release_memory() -> None:
    """Collect garbage and return freed memory to the operating system.

    The C library keeps freed memory in pieces that are too small for a solver. glibc returns them on `malloc_trim`;
    without that function only Python's collection takes place.
    """
    gc.collect()
    with suppress(AttributeError, OSError, TypeError):  # no such function, no such library, or Windows
        ctypes.CDLL(None).malloc_trim(0)
