"""A Dask cluster on this machine."""

from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def two_workers() -> Iterator[str]:
    """The address of a scheduler with two workers, each a process of its own."""
    from distributed import LocalCluster

    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as made:  # type: ignore[no-untyped-call]
        yield made.scheduler_address
