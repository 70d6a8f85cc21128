"""Memory that is no longer used goes back to the operating system."""

from __future__ import annotations

import ctypes
import gc
from collections.abc import Iterator
from contextlib import contextmanager, suppress


def release_memory() -> None:
    """Collect garbage and return freed memory to the operating system.

    The C library keeps freed memory in pieces that are too small for a solver. glibc returns them on `malloc_trim`;
    without that function only Python's collection takes place.
    """
    gc.collect()
    with suppress(AttributeError, OSError, TypeError):  # no such function, no such library, or Windows
        ctypes.CDLL(None).malloc_trim(0)


@contextmanager
def without_collection() -> Iterator[None]:
    """Do without Python's search for circular garbage, which goes over all objects again as millions are made."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
