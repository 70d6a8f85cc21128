"""The two claims about a fair market, for hypothesis to refute."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from tests.adversary.limits import BINDING
from tests.adversary.market import Market
from tests.adversary.offers import several

SMALL = 1e-5
"""a smaller difference is noise of the solver, relative to the cost; the smallest size on offer is 1e-6 GW"""
periods = st.sampled_from([12, 12, 6])
discounts = st.sampled_from([0.0, 0.1])
horizons = st.sampled_from(["fair", "cut"])


@st.composite
def gains(draw: st.DrawFn) -> tuple[Market, tuple[str, ...], dict[str, list[dict[str, object]]]]:
    """A market and offers that nobody needs."""
    market = Market(draw(periods), draw(discounts), draw(horizons))
    names, tables = draw(several(market.rate))
    return market, names, dict(tables)  # type: ignore[arg-type]


@st.composite
def reliefs(draw: st.DrawFn) -> tuple[str, Market, tuple[str, ...], dict[str, list[dict[str, object]]]]:
    """A limit that binds, and offers that serve nothing and do not relieve it."""
    limit = draw(st.sampled_from(sorted(BINDING)))
    market = BINDING[limit].market(draw(periods), draw(discounts), draw(horizons))
    names, tables = draw(several(market.rate, useless=True))
    assume(not BINDING[limit].relieved_by & set(names))
    return limit, market, names, dict(tables)  # type: ignore[arg-type]


def no_gain(markets: int, tried: Counter[str]) -> None:
    """No offers lower the cost of a lab that does not need them. Raises AssertionError where some do."""

    @_how(markets)
    @given(gains())
    def claim(found: tuple[Market, tuple[str, ...], dict[str, list[dict[str, object]]]]) -> None:
        market, names, tables = found
        tried.update(["gain", *(f"gain/{name}" for name in names)])
        compare(market.cost(), market.cost(tables), " and ".join(names))

    claim()


def no_relief(markets: int, tried: Counter[str]) -> None:
    """No useless offers relieve a limit. Raises AssertionError where some do."""

    @_how(markets)
    @given(reliefs())
    def claim(found: tuple[str, Market, tuple[str, ...], dict[str, list[dict[str, object]]]]) -> None:
        limit, market, names, tables = found
        tried.update(["relief", f"relief/{limit}", *(f"relief/{name}" for name in names)])
        base = BINDING[limit].tables
        compare(market.cost(base), market.cost(base, tables), f"{' and '.join(names)} under {limit}")

    claim()


CLAIMS: tuple[Callable[[int, Counter[str]], None], ...] = (no_gain, no_relief)
"""each takes how many markets to try, and counts what was tried"""


def found_in(claim: Callable[[int, Counter[str]], None], markets: int, tried: Counter[str]) -> list[str]:
    """What refutes a claim, each kind as small as it could be made."""
    try:
        claim(markets, tried)
    except Exception as error:  # hypothesis groups different failures
        each = error.exceptions if isinstance(error, ExceptionGroup) else (error,)
        return ["\n".join([f"{type(one).__name__}: {one}", *getattr(one, "__notes__", ())]) for one in each]
    return []


def _how(markets: int) -> settings:
    return settings(
        max_examples=markets, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck),
        phases=(Phase.explicit, Phase.generate, Phase.shrink),
    )  # fmt: skip


def compare(without: float, with_offers: float, what: str) -> None:
    """An offer that need not be signed changes the cost neither way."""
    noise = SMALL * max(1.0, abs(without))
    assert with_offers >= without - noise, f"{what}: {without:.9g} without, {with_offers:.9g} with"
    assert with_offers <= without + noise, f"{what} makes the best plan dearer: {without:.9g}, {with_offers:.9g}"
