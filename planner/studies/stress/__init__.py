"""Stress: what becomes of a plan under events, when what is signed by then is kept and the rest is decided anew.

events      the table of events, and each as changes to the case
held        the decisions taken before the first event, kept as they are
default     the lab defaults on a chip lease: the SPV's waterfall and its support
losses      what each counterparty is paid less or more
stress      the runs: each event by itself, then all together
report      tables, text and a sentence for each
"""

from planner.studies.stress.events import Event, EventKind, read
from planner.studies.stress.report import Stress
from planner.studies.stress.stress import stress

__all__ = ["Event", "EventKind", "Stress", "read", "stress"]
