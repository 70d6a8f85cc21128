"""What every record has to keep."""

import pickle

from planner.catalogue import CATALOGUE


def test_a_catalogue_goes_to_other_processes() -> None:
    """The runs of a study are made there: a record holds no function that is made inside another."""
    there = pickle.loads(pickle.dumps(CATALOGUE))
    assert [each.name for each in there.instruments] == [each.name for each in CATALOGUE.instruments]
    assert there.tables == CATALOGUE.tables
    assert there == CATALOGUE
