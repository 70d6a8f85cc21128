"""What the machine lacks, told from the errors by which Python, its packages and the system say so."""

from __future__ import annotations

import errno
import importlib.metadata
import re
from collections.abc import Iterator

from planner.basics.errors import LESS_MEMORY, MEMORY, MissingResource

THREADS = "the system starts no further thread or process"
FEWER_THREADS = "Close other programs, or raise the limit (ulimit -u); a study starts fewer with --workers 1."

_NO_MEMORY = re.compile(r"cannot allocate memory|failed to map segment|out of memory|std::bad_alloc", re.IGNORECASE)
"""how the dynamic loader and C++ say that there is no memory"""
_NO_THREAD = re.compile(r"can't start new thread|resource temporarily unavailable", re.IGNORECASE)
"""how Python and C++ say that there is no thread"""


def out_of_memory() -> MissingResource:
    """The error of a machine without enough memory."""
    return MissingResource(MEMORY, LESS_MEMORY)


def missing_resource(error: BaseException) -> MissingResource | None:
    """What the machine lacks, where that is what an error says; None where it says something else.

    >>> print(missing_resource(MemoryError("std::bad_alloc")).why)
    there is not enough memory
    >>> print(missing_resource(RuntimeError("can't start new thread")).why)
    the system starts no further thread or process
    >>> print(missing_resource(ModuleNotFoundError("No module named 'distributed'", name="distributed")))
    distributed is not installed
    pip install 'planner[cluster]' brings it.
    >>> missing_resource(ValueError("wrong"))
    """
    chain = list(_chain(error))
    for each in chain:
        if isinstance(each, MissingResource):
            return each
    if any(_lacks_memory(each) for each in chain):
        return out_of_memory()
    if any(_lacks_threads(each) for each in chain):
        return MissingResource(THREADS, FEWER_THREADS)
    return _missing_package(error) if isinstance(error, ImportError) else None


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """An error and those that led to it."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__


def _lacks_memory(error: BaseException) -> bool:
    if isinstance(error, MemoryError) or (isinstance(error, OSError) and error.errno == errno.ENOMEM):
        return True
    return isinstance(error, (ImportError, OSError, RuntimeError)) and _NO_MEMORY.search(str(error)) is not None


def _lacks_threads(error: BaseException) -> bool:
    if isinstance(error, OSError):
        return error.errno == errno.EAGAIN
    return isinstance(error, RuntimeError) and _NO_THREAD.search(str(error)) is not None


def _missing_package(error: ImportError) -> MissingResource | None:
    """The package that an import did not find, or found broken; None where it is a module of the planner."""
    package = (error.name or "").partition(".")[0]
    if package in ("", "planner"):
        return None
    if not isinstance(error, ModuleNotFoundError):
        return MissingResource(f"{package} cannot be imported: {error}", f"Install it anew: {_command(package)}.")
    return MissingResource(f"{package} is not installed", f"{_command(package)} brings it.")


def _command(package: str) -> str:
    """The command that installs a package: the planner's own where the planner or one of its extras requires it."""
    try:
        required = importlib.metadata.requires("planner") or []
    except importlib.metadata.PackageNotFoundError:
        required = []
    for each in required:
        name = re.match(r"[\w.-]+", each)
        if name is not None and name.group().replace("-", "_").lower() == package.lower():
            extra = re.search(r"extra == ['\"](\w+)['\"]", each)
            return f"pip install '{each.partition(';')[0].strip() if extra is None else f'planner[{extra.group(1)}]'}'"
    return f"pip install {package}"
