"""A fixed sample of `python -m tests.invariance names`, and words of the planner's own one by one."""

import pickle
from pathlib import Path

import numpy as np
import pytest

from planner.api import Case
from planner.basics.errors import DataError
from planner.basics.words import OwnWord, bracketed, reserved
from planner.instruments.chip_lease.tables import NoSupport
from planner.instruments.site_lease.tables import NoGuarantor
from planner.plan.audit import audit
from planner.studies.design import TAKEN, design
from planner.tables import cells, csvtext
from tests.invariance.cases import everything, shipped
from tests.invariance.names import NASTY, Renamed, every_word, paged
from tests.invariance.renaming import names, renamed, tokens, worded
from tests.invariance.studied import studied
from tests.plans import cost, solved
from tests.starter import BASE


@pytest.fixture(scope="module")
def case() -> Renamed:
    return Renamed(everything())


def every_own_word() -> list[OwnWord]:
    return [word for kind in OwnWord.__subclasses__() for word in kind]


def test_own_words_are_no_names_and_survive_a_journey() -> None:
    assert {NoGuarantor.OWN_COVENANT, NoSupport.UNSUPPORTED} <= set(every_own_word())
    for word in every_own_word():
        assert bracketed(word)
        assert reserved(word)
        with pytest.raises(ValueError, match=r"\("):
            cells.identifier(word)
        again = pickle.loads(pickle.dumps(word))
        assert again is word


def test_an_own_word_stands_in_brackets() -> None:
    with pytest.raises(ValueError, match="brackets"):
        OwnWord("Bad", {"NOBODY": "nobody"})


# What terms used to be confused with: the starter costs 57.5632 whoever is called what.
@pytest.mark.parametrize(
    "called",
    [{"bank": "own_covenant"}, {"cirrus": "own_covenant"}, {"tpu_maker": "unsupported"}, {"house_bank": "the lab"}],
    ids=str,
)
def test_a_guarantor_by_a_word_of_ours(called: dict[str, str], tmp_path: Path) -> None:
    files = shipped("starter")
    new = {kind: {name: called.get(name, name) for name in mine} for kind, mine in names(files).items()}
    if "the lab" in called.values():
        with pytest.raises(DataError, match=r"term_loans.csv:2 lender: expected a name, but not the lab, \* or"):
            Case.made_of(renamed(files, new))
        return
    plan = solved(Case.made_of(renamed(files, new)))
    assert cost(plan) == pytest.approx(BASE, abs=1e-9)


@pytest.mark.parametrize("name", ["(own covenant)", "The Lab", "*"])
def test_names_in_own_words_are_none_of_ours(name: str) -> None:
    with pytest.raises(DataError, match="expected a name, but not the lab, \\* or a text in brackets"):
        Case.made_of(shipped("starter")).change(f"site_leases[mill].developer = '{name}'")


def test_the_words_are_those_that_the_planner_uses() -> None:
    words = set(every_word())
    assert {
        "own_fleet",
        "chip_lease",
        "provider_share_max",
        "capacity_gw",
        "lambda",
        "print",
        "requires_offer",
    } <= words
    assert len(words) > 1500


@pytest.mark.parametrize("turn", range(0, len(NASTY), 3))
def test_every_figure_of_the_model_is_the_same(case: Renamed, turn: int) -> None:
    assert case.unlike_in_model(worded(case.files, [*NASTY], turn)) == []


@pytest.mark.parametrize("turn", [0, 14, 28, 42])
def test_every_plan_and_report_is_the_same(case: Renamed, turn: int) -> None:
    assert case.differences(worded(case.files, [*NASTY], turn)) == []


def test_the_page_is_the_same() -> None:
    starter = Renamed(shipped("starter"), paged)
    assert starter.differences(worded(starter.files, [*NASTY], 0)) == []


def test_studies_and_explanations_are_the_same() -> None:
    starter = Renamed(shipped("starter"), studied)
    assert starter.differences(worded(starter.files, [*NASTY], 0)) == []


def test_a_difference_is_seen(case: Renamed) -> None:
    """Two regions that change places, as if a name had a meaning, are not the same case."""
    new = {kind: dict(mine) for kind, mine in worded(case.files, [*NASTY], 0).items()}
    east, west = new["region"]["east"], new["region"]["west"]
    new["region"] |= {"east": west, "west": east}
    assert case.unlike_in_model(new)
    assert case.differences(new)


def test_tokens_are_as_many_as_names() -> None:
    files = everything()
    made = tokens(files)
    every = [token for mine in made.values() for token in mine.values()]
    assert len(set(every)) == len(every) == sum(map(len, names(files).values()))


def test_names_that_look_like_values_are_read_as_names() -> None:
    data = b"name,other,value\ntrue,nan,1\n1e5,null,\n"
    table = csvtext.table("t.csv", data, ("name", "other", "value"), ("value",))
    assert table["name"] == ["true", "1e5"]
    assert table["other"] == ["nan", "null"]
    assert np.isnan(table["value"]).tolist() == [False, True]
    assert csvtext.table("t.csv", data, ("name", "other", "value"), ())["value"] == ["1", ""]


def test_tranches_by_any_text(tmp_path: Path) -> None:
    """Commas, quotes and slashes in a tranche's name stay in the names of decisions, and are read back."""
    files = shipped("starter")
    called = {"senior": 'Notes, "A"/B', "equity": "Notes"}
    new = {kind: {name: called.get(name, name) for name in mine} for kind, mine in names(files).items()}
    plan = solved(Case.made_of(renamed(files, new)))
    assert cost(plan) == pytest.approx(BASE, abs=1e-9)
    plan.write(tmp_path / "plan")
    assert audit(tmp_path / "plan").agrees
    assert any('"Notes, ""A""/B"' in name for name in plan.values)


@pytest.mark.parametrize("name", TAKEN)
def test_what_is_varied_is_not_called_like_a_column(name: str) -> None:
    with pytest.raises(DataError, match="another name"):
        design({"grid": [f"{name}: case.discount_rate = 0.1 | 0.2"]}, "study")
