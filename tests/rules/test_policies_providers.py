"""Policies on what a provider pays in, and on living without it."""

from pathlib import Path

import pytest

from planner.api import Case
from planner.basics.errors import Infeasible
from planner.common.policies import PolicyKind
from planner.portfolio.portfolio import Portfolio
from planner.rules.reassignment import at_stake, largest
from planner.rules.shared.policies_in_force import policies_in_force
from tests.plans import cost, line, solved
from tests.rules.deals import ALPHA, BETA, CHIPS, HALF_AS_GOOD, asking
from tests.small import demand, used, values

LOSS = PolicyKind.SURVIVE_LOSS_OF_PROVIDER


class TestFunding:
    """1 GW for two years: 20 spent with alpha, which pays in 6; beta asks for 28."""

    def case(self, folder: Path, policy: str, **cells: str | float) -> Case:
        alpha, beta = {**ALPHA, "equity": 6, **cells}, {**BETA, "price": 14}
        return asking(folder, f"funding_from_provider_max,alpha,{policy}", alpha, beta, end=2028)  # type: ignore[arg-type]

    # 6 is 0.3 of 20. At 0.2 alpha would have to be paid 30, which is more than beta asks for.
    def test_kept(self, tmp_path: Path) -> None:
        case = self.case(tmp_path, "2026-01-01,0.3,")
        plan = solved(case)
        assert cost(plan) == pytest.approx(20)
        assert used(plan, "policies", "funding_from_provider_max/alpha") == {"2026-01-01": pytest.approx((6, 6))}
        assert cost(solved(case.change("policies[p0].value = 0.2"))) == pytest.approx(28)

    # Of two rows the strictest holds, whichever comes first: it is about one horizon.
    @pytest.mark.parametrize(("first", "second"), [("0.2", "0.3"), ("0.3", "0.2")])
    def test_the_strictest_row(self, tmp_path: Path, first: str, second: str) -> None:
        rows = f"2026-01-01,{first},\nfunding_from_provider_max,alpha,2027-01-01,{second},"
        assert cost(solved(self.case(tmp_path, rows))) == pytest.approx(28)

    # Missed by 6 − 4, charged once.
    def test_missed_at_a_price(self, tmp_path: Path) -> None:
        plan = solved(self.case(tmp_path, "2026-01-01,0.2,1"))
        assert cost(plan) == pytest.approx(20 + 2)
        assert line(plan, "funding_from_provider_max") == pytest.approx(2)

    # Whatever the date: it is about the whole horizon, and so is the spend.
    def test_the_date_does_not_matter(self, tmp_path: Path) -> None:
        assert cost(solved(self.case(tmp_path, "2030-01-01,0.2,"))) == pytest.approx(28)

    # A floor of 15 a year is paid though only 10 are used: 30 in all, at which 6 is a fifth. Without beta it is so.
    def test_a_shortfall_is_spend(self, tmp_path: Path) -> None:
        case = self.case(tmp_path, "2026-01-01,0.2,", floor=15).change("cloud_commitments[beta_deal].status = closed")
        plan = solved(case)
        assert cost(plan) == pytest.approx(30)
        assert used(plan, "policies", "funding_from_provider_max/alpha") == {"2026-01-01": pytest.approx((6, 6))}


class TestLoss:
    # With alpha gone, 0.4 must be left: it is bought from beta at 20. With beta gone, 0.6 is left.
    def test_a_second_supplier_is_paid_for(self, tmp_path: Path) -> None:
        plan = solved(asking(tmp_path, "survive_loss_of_provider,,2026-01-01,0.4,", ALPHA, BETA))
        assert cost(plan) == pytest.approx(6 + 8)
        first = {
            name: used(plan, "policies", f"survive_loss_of_provider/(any)/{name}/training")["2026-01-01"]
            for name in ("alpha", "beta")
        }
        assert first["alpha"] == pytest.approx((0.4, 0.4))
        assert first["beta"][0] == pytest.approx(0.4)

    # A GW moved costs 10 more.
    def test_missed_at_a_price(self, tmp_path: Path) -> None:
        case = asking(tmp_path, "survive_loss_of_provider,,2026-01-01,0.4,5", ALPHA, BETA)
        plan = solved(case)
        assert cost(plan) == pytest.approx(10 + 2)
        assert values(plan, "miss", "what", "period") == pytest.approx({"miss 2026-01-01": 0.4})
        assert cost(solved(case.change("policies[p0].penalty = 11"))) == pytest.approx(14)

    # Beta's chips do half as much: 0.8 GW of them do 0.4, and alpha the rest.
    def test_equivalents_count(self, tmp_path: Path) -> None:
        beta = {**BETA, "chip": "gpu_a"}
        case = asking(
            tmp_path, "survive_loss_of_provider,alpha,2026-01-01,0.4,", ALPHA, beta, chip_performance=HALF_AS_GOOD
        )
        plan = solved(case)
        assert cost(plan) == pytest.approx(6 + 16)
        assert used(plan, "policies", "survive_loss_of_provider/alpha/training") == {
            "2026-01-01": pytest.approx((0.4, 0.4))
        }
        assert used(plan, "reassignment", "machines/alpha/gpu_a/firm") == {"2026-01-01": pytest.approx((0.8, 0.8))}

    # Only 90 % of nameplate is delivered: of beta 0.4 / 0.9 GW.
    def test_availability_counts(self, tmp_path: Path) -> None:
        case = asking(tmp_path, "survive_loss_of_provider,alpha,2026-01-01,0.4,", ALPHA, BETA)
        plan = solved(case.change("chips[tpu_a].availability_share = 0.9"))
        assert cost(plan) == pytest.approx((6 + 8) / 0.9)

    # Beta's machines stand there, out of reach of here: they cannot serve it, but would be set to work anew.
    def test_latency_does_not_count(self, tmp_path: Path) -> None:
        beta = {**BETA, "region": "there"}
        case = asking(tmp_path, "survive_loss_of_provider,alpha,2026-01-01,0.4,", ALPHA, beta)
        assert cost(solved(case)) == pytest.approx(10 + 8)

    # Each workload is served its share, from machines that do one thing at a time: 0.4 of 1 and of 2 GW.
    def test_every_workload(self, tmp_path: Path) -> None:
        case = asking(
            tmp_path,
            "survive_loss_of_provider,alpha,2026-01-01,0.4,",
            ALPHA,
            BETA,
            workloads="workload,max_latency_ms,interruptible_share\ntraining,1000,0\nchat,1000,0\n",
            demand=demand(1) + "2026-01-01,here,chat,2\n",
            chip_performance="chip,workload,gw_equivalent\ntpu_a,training,1\ntpu_a,chat,1\n",
        )
        assert cost(solved(case)) == pytest.approx(0.6 * 3 * 10 + 0.4 * 3 * 20)

    def test_there_is_nobody_else(self, tmp_path: Path) -> None:
        with pytest.raises(Infeasible, match="survive_loss_of_provider/alpha/training"):
            solved(asking(tmp_path, "survive_loss_of_provider,alpha,2026-01-01,0.4,", ALPHA))


class TestTested:
    """Who is large enough to matter: more than (1 − value) of a demand of 1."""

    def who(self, folder: Path, value: float, *rows: dict[str, str | float], **tables: str) -> list[str]:
        case = asking(folder, f"survive_loss_of_provider,,2026-01-01,{value},", *rows, **tables)
        (policy,) = policies_in_force(case, LOSS)
        return at_stake(case, Portfolio.of(case).ledgers, policy)

    def test_by_capacity(self, tmp_path: Path) -> None:
        beta = {**BETA, "capacity": 0.5}
        assert self.who(tmp_path, 0.5, ALPHA, beta) == ["alpha"]
        assert self.who(tmp_path, 0.6, ALPHA, beta) == ["alpha", "beta"]

    # Two offers of 0.3 and 0.4 are 0.7, in one group 0.4; of chips half as good, half of it.
    def test_over_offers(self, tmp_path: Path) -> None:
        rows = [{**BETA, "capacity": 0.3}, {**BETA, "offer": "more", "capacity": 0.4}]
        grouped = [{**row, "group": "either"} for row in rows]
        weak = [{**row, "chip": "gpu_a"} for row in rows]
        assert self.who(tmp_path / "sum", 0.5, ALPHA, *rows) == ["alpha", "beta"]
        assert self.who(tmp_path / "group", 0.5, ALPHA, *grouped) == ["alpha"]
        assert self.who(tmp_path / "weak", 0.5, ALPHA, *weak, chip_performance=HALF_AS_GOOD) == ["alpha"]

    # Beta can do 0.3 of 3, which is little; but it is all of the chat that is asked for.
    def test_all_of_a_small_workload(self, tmp_path: Path) -> None:
        chat = "workload,max_latency_ms,interruptible_share\ntraining,1000,0\nchat,1000,0\n"
        tables = {
            "workloads": chat,
            "demand": demand(2.7) + "2026-01-01,here,chat,0.3\n",
            "chip_performance": "chip,workload,gw_equivalent\ntpu_a,training,1\ngpu_a,chat,1\n",
        }
        beta = {**BETA, "chip": "gpu_a", "capacity": 0.3}
        assert self.who(tmp_path, 0.5, ALPHA, beta, **tables) == ["alpha", "beta"]
        # So half of either workload has two suppliers: 1.35 at 10 and at 12, and 0.15 at 20 and at 30.
        gamma = {**beta, "offer": "gamma_deal", "provider": "gamma", "price": 30.0}
        delta = {**ALPHA, "offer": "delta_deal", "provider": "delta", "price": 12.0}
        rows = (ALPHA, delta, beta, gamma)
        case = asking(tmp_path / "lost", "survive_loss_of_provider,,2026-01-01,0.5,", *rows, **tables)
        assert cost(solved(case)) == pytest.approx(13.5 + 16.2 + 3 + 4.5)

    def test_the_largest_of_a_provider(self, tmp_path: Path) -> None:
        case = asking(tmp_path, "survive_loss_of_provider,,2026-01-01,0.5,", ALPHA, {**BETA, "capacity": 0.3})
        case = case.change("cloud_tiers[beta_deal,only].scale_max = 2")
        assert largest(case, Portfolio.of(case).ledgers, "beta", "training").tolist() == pytest.approx([0.6])


class TestSpare:
    """Idle machines of gamma for 1 a GW-year, which can be recalled; half of the work may run on them."""

    def case(self, folder: Path, policy: str, *, firm: str) -> Case:
        spare = f"offer,provider,chip,region,max_gw,price_usd_bn_per_gw_year,firm\nidle,gamma,gpu_a,here,5,1,{firm}\n"
        return asking(folder, policy, ALPHA, spare_capacity=spare, chips=CHIPS)

    # With alpha gone 0.7 is asked for. Machines that can be recalled do no more than half of the work.
    def test_loss(self, tmp_path: Path) -> None:
        policy = "survive_loss_of_provider,alpha,2026-01-01,0.7,"
        assert cost(solved(self.case(tmp_path / "firm", policy, firm="true"))) == pytest.approx(1)
        with pytest.raises(Infeasible):
            solved(self.case(tmp_path / "recalled", policy, firm="false"))
        half = self.case(tmp_path / "half", policy.replace("0.7", "0.5"), firm="false")
        plan = solved(half)
        assert cost(plan) == pytest.approx(5 + 0.5)
        assert used(plan, "reassignment", "interruptible/alpha/training") == {"2026-01-01": pytest.approx((0.5, 0.5))}

    # It is its owner's in shares.
    def test_share(self, tmp_path: Path) -> None:
        case = self.case(tmp_path, "provider_share_max,gamma,2026-01-01,0.3,", firm="true")
        assert cost(solved(case)) == pytest.approx(7 + 0.3)
