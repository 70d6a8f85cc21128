"""A cluster whose workers are gone, and addresses that are none."""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from planner.basics.errors import MissingResource
from planner.cli import main
from planner.studies import cluster
from planner.studies.cluster import ClusterExecutor, checked


class Client:
    """A client of a cluster with as many workers as a list says, look by look."""

    def __init__(self, *counts: int, status: str = "running") -> None:
        self.status = status
        self._counts = list(counts)
        self.futures: list[Future[Any]] = []

    def get_executor(self, **_: bool) -> "Client":
        return self

    def submit(self, fn: Callable[..., Any], /, *_: Any) -> Future[Any]:
        self.futures.append(Future())
        return self.futures[-1]

    def nthreads(self) -> dict[str, int]:
        count = self._counts.pop(0) if len(self._counts) > 1 else self._counts[0]
        return dict.fromkeys(map(str, range(count)), 1)

    def shutdown(self, *, wait: bool) -> None:
        del wait


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "LOOK_S", 0.001)


def test_workers_that_never_come_back_are_told_and_given_up() -> None:
    said: list[str] = []
    executor = ClusterExecutor(Client(1, 0), "tcp://here:1", said.append, 0.05)
    with pytest.raises(MissingResource, match="no worker has come back to tcp://here:1"):
        executor.submit(abs, -1).result()
    assert said == ["No worker is left at tcp://here:1; waiting 0 s for one"]


def test_workers_that_come_back_go_on() -> None:
    said: list[str] = []
    again = threading.Event()

    def notice(text: str) -> None:
        said.append(text)
        if "again" in text:
            again.set()

    client = Client(1, 0, 0, 2)
    executor = ClusterExecutor(client, "tcp://here:1", notice, 1000.0)
    future = executor.submit(abs, -1)
    again.wait()
    client.futures[0].set_result(1)
    assert future.result() == 1
    executor.shutdown()
    assert len(said) == 2


def test_a_scheduler_that_is_gone_is_given_up_at_once() -> None:
    executor = ClusterExecutor(Client(1, status="closed"), "tcp://here:1", lambda _: None, 1000.0)
    with pytest.raises(MissingResource, match="the scheduler at tcp://here:1 is gone"):
        executor.submit(abs, -1).result()


def test_a_call_after_the_cluster_was_given_up_fails_at_once() -> None:
    executor = ClusterExecutor(Client(1, status="closed"), "tcp://here:1", lambda _: None, 1000.0)
    for thread in threading.enumerate():
        if thread.name == "cluster":
            thread.join()
    with pytest.raises(MissingResource, match="the scheduler at tcp://here:1 is gone"):
        executor.submit(abs, -1).result()


def test_what_dask_cancels_is_lost_and_not_waited_for() -> None:
    client = Client(1)
    executor = ClusterExecutor(client, "tcp://here:1", lambda _: None, 1000.0)
    future = executor.submit(abs, -1)
    client.futures[0].cancel()
    with pytest.raises(MissingResource, match="the scheduler at tcp://here:1 is gone"):
        future.result()
    executor.shutdown()


@pytest.mark.parametrize("address", ["nonsense", "", "tcp://", "tcp://host", "host:8786", "tcp://host:port"])
def test_an_address_that_is_none_is_wrong_usage(tmp_path: Path, address: str) -> None:
    starter = str(Path(__file__).parents[2] / "data" / "starter")
    words = ["sweep", starter, "-o", str(tmp_path / "out"), "--vary", "r: case.discount_rate = 0.1", "--cluster"]
    result = CliRunner().invoke(main, [*words, address])
    assert result.exit_code == 2
    assert "is no address such as tcp://host:8786" in result.stderr
    assert not (tmp_path / "out").exists()


def test_addresses() -> None:
    assert checked("tcp://scheduler:8786") == "tcp://scheduler:8786"
