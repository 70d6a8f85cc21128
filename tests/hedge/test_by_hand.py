"""Plans for several futures, and what knowing is worth, worked out with a pencil.

The lab has chips for 3 GW that cost nothing, and one hall for 1 GW, `home`, at 1.2 USD bn a year. 1 GW is asked for in
2026. In 2027 and 2028 growth is high, 2 GW, or low, 1 GW, which is known on 2027-01-01. A GW-year that is not served
costs 10. Two letters of intent offer a hall for 1 GW in these two years:

    now       1.2 a year, 2.4 in all; has to be signed in 2026
    letter    1.5 a year, 3.0 in all; may be signed on 2027-01-01

So a future costs 3 · 1.2 = 3.6 for `home`, and

                                     high    low
    now is signed                    6.0     6.0
    letter is signed in 2027         6.6     6.6
    neither                         23.6     3.6
    letter is signed if high         6.6     3.6
    own plan                         6.0     3.6
"""

from pathlib import Path

import pytest

from planner.api import Case
from planner.case.shipped import path
from planner.hedge.valuing import ValuesAsked
from planner.plan.hedges.hedge import Hedge
from tests.hedge.plans import costs, hedged, policy
from tests.small import demand, owned, sites, small
from tests.starter import BASE, LAKE, LAKE_LATER

EXACT = 1e-9
EVERYTHING = ValuesAsked(news=True, offers=("letter", "now"))
HOME: dict[str, str | float] = {"offer": "home", "stage": "existing", "status": "signed", "capacity_mw": 1000}
NOW: dict[str, str | float] = {
    "offer": "now", "decide_by": "2026-01-01", "lead_months": 12, "ready_date": "2027-01-01", "term_years": 2,
    "capacity_mw": 1000,
}  # fmt: skip
LETTER: dict[str, str | float] = NOW | {
    "offer": "letter", "decide_by": "2027-01-01", "lead_months": 0, "rent_usd_per_kw_month": 125
}  # fmt: skip
HIGH = '"demand[2027-01-01..,here,training].demand_gw = 2"'
LOW = '"demand[2027-01-01..,here,training].demand_gw = 1"'


def growing(
    folder: Path, outcomes: str, events: str = "growth,2027-01-01", *, level: float = 0.5, weight: float = 0.0
) -> Case:
    """A case in which growth is high as far as anybody expects."""
    return small(
        folder,
        end=2029,
        shortage=10.0,
        demand=demand(1, 2, 2),
        toml=f"[risk]\nlevel = {level}\nweight = {weight}\n",
        site_leases=sites(HOME, NOW, LETTER),
        events=f"event,known_on\n{events}\n",
        outcomes=f"event,outcome,given,probability,changes\n{outcomes}\n",
        **owned(3),
    )


def of_growth(high: float) -> str:
    """Rows that give growth a probability to be high."""
    return f"growth,high,,{high},{HIGH}\ngrowth,low,,{1.0 - high},{LOW}"


def interval(value: float) -> object:
    """A value that is known exactly."""
    return pytest.approx((value, value), abs=EXACT)


class TestOneEvent:
    """Both are equally likely: signing `now` costs 6.0, the letter if high 5.1 on average, which is the best.

    perfect information    (6.0 + 3.6) / 2 = 4.8, so 0.3
    the expected future    is the high one, whose plan signs `now`: 6.0, so 0.9
    deciding once          now, or the letter in both (6.6), or neither (13.6): 6.0, so 0.9
    news of growth today   as perfect information, as nothing else is unknown: 0.3
    letter                 without it `now` is signed: 6.0, so 0.9; for the expected future it is worth nothing
    now                    worth nothing in the tree, 0.6 for the expected future
    """

    @pytest.fixture(scope="class")
    @staticmethod
    def found(tmp_path_factory: pytest.TempPathFactory) -> Hedge:
        return hedged(growing(tmp_path_factory.mktemp("case"), of_growth(0.5)), EVERYTHING)

    def test_costs(self, found: Hedge) -> None:
        assert found.proven
        assert costs(found) == pytest.approx({"high": 6.6, "low": 3.6}, abs=EXACT)
        assert found.record.expected_cost_usd_bn == pytest.approx(5.1, abs=EXACT)
        assert [each.own_cost_usd_bn for each in found.record.futures] == pytest.approx([6.0, 3.6], abs=EXACT)

    def test_the_letter_is_signed_if_growth_is_high(self, found: Hedge) -> None:
        assert policy(found, "exercise") == {("growth:high", "letter"): 1.0}

    @pytest.mark.parametrize(("name", "value"), [("evpi", 0.3), ("vss", 0.9), ("vms", 0.9), ("price_of_prudence", 0.0)])
    def test_values(self, found: Hedge, name: str, value: float) -> None:
        assert found.values[name] == interval(value)

    def test_news(self, found: Hedge) -> None:
        assert found.record.news["growth"] == interval(0.3)

    def test_options(self, found: Hedge) -> None:
        assert found.record.options["letter"] == {"tree": interval(0.9), "expected": interval(0.0)}
        assert found.record.options["now"] == {"tree": interval(0.0), "expected": interval(0.6)}


class TestRisk:
    """At level 0.5 the CVaR of two equally likely costs is the higher of them.

    A share s of `now` and the rest of the letter, if high, cost 6.6 − 0.6 s or 3.6 + 2.4 s: 5.1 + 0.9 s on average, and
    6.6 − 0.6 s in the tail. So a weight w on the tail gives 5.1 + 1.5 w + (0.9 − 1.5 w) s: the letter is best up to a
    weight of 0.6, `now` above it.
    """

    @pytest.mark.parametrize(
        ("weight", "high", "low", "objective", "prudence"),
        [(0.0, 6.6, 3.6, 5.1, 0.0), (0.5, 6.6, 3.6, 5.85, 0.0), (0.7, 6.0, 6.0, 6.0, 0.9), (1.0, 6.0, 6.0, 6.0, 0.9)],
    )
    def test_plan(
        self, weight: float, high: float, low: float, objective: float, prudence: float, tmp_path: Path
    ) -> None:
        found = hedged(growing(tmp_path, of_growth(0.5), weight=weight))
        assert costs(found) == pytest.approx({"high": high, "low": low}, abs=EXACT)
        assert found.record.objective_usd_bn == pytest.approx(objective, abs=EXACT)
        assert found.record.cvar_usd_bn == pytest.approx(max(high, low), abs=EXACT)
        assert found.record.expected_cost_usd_bn == pytest.approx((high + low) / 2, abs=EXACT)
        assert found.values["price_of_prudence"] == interval(prudence)
        signed_now = {("", "now"): 1.0} if high == 6.0 else {("growth:high", "letter"): 1.0}
        assert policy(found, "exercise") == signed_now

    def test_knowing_does_not_lower_the_tail(self, tmp_path: Path) -> None:
        """At weight 1 the plan costs 6.0, as high growth does that is known today: news are worth nothing.

        The bound of a program at weight 1 is loose by up to 1e-6 of the distance of CVaR and mean.
        """
        found = hedged(growing(tmp_path, of_growth(0.5), weight=1.0), EVERYTHING)
        for told, value in ((found.record.news["growth"], 0.0), (found.record.options["now"]["tree"], 0.6)):
            assert told is not None
            low, high = told
            assert low - EXACT <= value <= high + EXACT
            assert high - low <= 2e-6

    def test_a_level_inside_an_outcome(self, tmp_path: Path) -> None:
        """High has 0.25. At level 0.5 the tail is all of high and as much of low: half their sum.

        A share s of `now`: (6.6 − 0.6 s + 3.6 + 2.4 s) / 2 = 5.1 + 0.9 s in the tail, 4.35 + 1.65 s on average.
        So the letter is best at any weight; at 1 it costs 5.1, and own plans 4.8: perfect information is worth 0.3.
        """
        found = hedged(growing(tmp_path, of_growth(0.25), weight=1.0))
        assert found.record.cvar_usd_bn == pytest.approx(5.1, abs=EXACT)
        assert found.record.expected_cost_usd_bn == pytest.approx(4.35, abs=EXACT)
        assert found.values["evpi"] == pytest.approx((0.3, 0.3), abs=2e-6)


class TestSeveralStages:
    """Signing now, waiting, and walking away are each right on one branch.

    Already on 2026-01-01 the lab learns how its product is received, and growth follows a year later:

        reception    probability    growth is high    now    wait                          best
        warm         0.25           0.9               6.0    0.9 · 6.6 + 0.1 · 3.6 = 6.3   now         6.0
        mixed        0.5            0.5               6.0    5.1                           wait        5.1
        cold         0.25           0                 6.0    3.6                           walk away   3.6

    0.25 · 6.0 + 0.5 · 5.1 + 0.25 · 3.6 = 4.95. Own plans cost 6.0 where growth is high, 0.25 · 0.9 + 0.5 · 0.5 = 0.475,
    and 3.6 else: 4.74, so perfect information is worth 0.21. Growth is expected to be high, whatever the reception, so
    the expected plan signs `now` for 6.0 in 2026. But the news of 2026-01-01 comes before what is signed on that day,
    and nothing is signed at the root, so keeping what is signed there costs nothing. Signing once and for all before
    any news costs 6.0: deciding anew is worth 1.05.
    """

    EVENTS = "reception,2026-01-01\ngrowth,2027-01-01"
    OUTCOMES = "\n".join(
        [
            "reception,warm,,0.25,", "reception,mixed,,0.5,", "reception,cold,,0.25,",
            f"growth,high,reception:warm,0.9,{HIGH}", f"growth,low,reception:warm,0.1,{LOW}",
            f"growth,high,reception:mixed,0.5,{HIGH}", f"growth,low,reception:mixed,0.5,{LOW}",
            f"growth,none,reception:cold,1,{LOW}",
        ]
    )  # fmt: skip

    @pytest.fixture(scope="class")
    @classmethod
    def found(cls, tmp_path_factory: pytest.TempPathFactory) -> Hedge:
        return hedged(growing(tmp_path_factory.mktemp("case"), cls.OUTCOMES, cls.EVENTS), ValuesAsked(news=True))

    def test_costs(self, found: Hedge) -> None:
        assert costs(found) == pytest.approx(
            {"warm/high": 6.0, "warm/low": 6.0, "mixed/high": 6.6, "mixed/low": 3.6, "cold/none": 3.6}, abs=EXACT
        )
        assert found.record.expected_cost_usd_bn == pytest.approx(4.95, abs=EXACT)

    def test_policy(self, found: Hedge) -> None:
        assert policy(found, "exercise") == {
            ("reception:warm", "now"): 1.0,
            ("reception:mixed, growth:high", "letter"): 1.0,
        }

    def test_tree(self, found: Hedge) -> None:
        assert [(row.date, row.known) for row in found.tree.itertuples()] == [
            ("2026-01-01", ""),
            ("2026-01-01", "reception:warm"),
            ("2026-01-01", "reception:mixed"),
            ("2026-01-01", "reception:cold"),
            ("2027-01-01", "reception:warm, growth:high"),
            ("2027-01-01", "reception:warm, growth:low"),
            ("2027-01-01", "reception:mixed, growth:high"),
            ("2027-01-01", "reception:mixed, growth:low"),
        ]

    @pytest.mark.parametrize(("name", "value"), [("evpi", 0.21), ("vss", 0.0), ("vms", 1.05)])
    def test_values(self, found: Hedge, name: str, value: float) -> None:
        assert found.values[name] == interval(value)

    def test_news(self, found: Hedge) -> None:
        """Growth known today is perfect information; the reception is known at the start anyhow."""
        assert found.record.news["reception"] == interval(0.0)
        assert found.record.news["growth"] == interval(0.21)


class TestStarter:
    """Whether the east grows to 0.6 GW in 2028, as expected, or falls to 0.2, is known at the start of 2028.

    What cirrus_tpu gives is paid for as it is used here; its least payments are taken away, which changes nothing else.

    high    own plan: BASE, with `lake` signed in 2027. Without it 0.2 GW for three years come from the west, at 9.5 a
            GW-year: 5.7 − LAKE = 0.2374 more. With it from 2029, signed in 2028, one year does, and LAKE_LATER is due:
            BASE + 5.7 − LAKE − (3.8 − LAKE_LATER) = BASE + 0.1092.
    low     own plan: without `lake` and what the west sends (0.3 for the link), `mill` serves the east and cirrus_tpu
            gives 0.2 less a year: BASE − LAKE − 0.3 − 5.4 = 46.52875. With `lake` signed in 2027, its machines train
            for the west at 9 − 0.5 a GW-year: LAKE − 5.1 = 0.3626 more; signed in 2028, LAKE_LATER − 3.4 = 0.2718 more.

    `lake`                      high        low        on average, above own plans
    signed in 2027              0           0.3626     0.1813
    signed in 2028 if high      0.1092      0          0.0546, the best
    signed in 2028              0.1092      0.2718     0.1905
    not signed                  0.2374      0          0.1187

    Perfect information is worth 0.0546. The expected plan signs `lake` in 2027, so planning for both is worth 0.1267.
    Who decides once does not sign it, so deciding anew is worth 0.0641, as the letter is; the expected future would
    miss it by 0.2374.
    """

    LOWER = BASE - LAKE - 0.3 - 5.4

    @pytest.fixture(scope="class")
    @staticmethod
    def found() -> Hedge:
        case = Case.read(path("starter")).change("cloud_terms[cirrus_tpu,*].floor_usd_bn = 0")
        tables = {
            "events.csv": b"event,known_on\neast,2028-01-01\n",
            "outcomes.csv": b"event,outcome,probability,changes\neast,high,0.5,\neast,low,0.5,"
            b'"demand[2028-01-01,east,interactive].demand_gw = 0.2"\n',
        }
        return hedged(Case.made_of({**case.files, **tables}), ValuesAsked(news=True, offers=("lake",)))

    def test_costs(self, found: Hedge) -> None:
        own = [each.own_cost_usd_bn for each in found.record.futures]
        assert own == pytest.approx([BASE, self.LOWER], rel=1e-9)
        assert costs(found) == pytest.approx({"high": BASE + 1.9 - LAKE + LAKE_LATER, "low": self.LOWER}, rel=1e-9)

    def test_lake_waits_for_the_news(self, found: Hedge) -> None:
        halls = policy(found, "exercise")
        assert halls == {
            ("", "mesa_1"): 1.0,
            ("east:high", "mesa_2"): 1.0,
            ("east:low", "mesa_2"): 1.0,
            ("east:high", "lake"): 1.0,
        }

    @pytest.mark.parametrize(("name", "value"), [("evpi", 0.0546), ("vss", 0.1267), ("vms", 0.0641)])
    def test_values(self, found: Hedge, name: str, value: float) -> None:
        assert found.values[name] == interval(value)

    def test_the_letter_is_an_option(self, found: Hedge) -> None:
        assert found.record.options["lake"] == {"tree": interval(0.0641), "expected": interval(0.2374)}
        assert found.record.news["east"] == interval(0.0546)
