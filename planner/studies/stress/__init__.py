"""Stress: a plan under events. What it has signed by then is kept, and the rest is decided anew.

events      the table of events, and the changes that its events make to the case
held        the decisions taken before the first event, kept as they are
losses      what each counterparty is paid less or more
stress      the runs: each event by itself, then all together
report      the outcomes as tables, as text and as sentences
"""

from planner.interfaces.events import Event
from planner.studies.stress.events import read
from planner.studies.stress.report import Stress
from planner.studies.stress.stress import stress

__all__ = ["Event", "Stress", "read", "stress"]
