"""Names of the kinds of events that the planner's own instruments and rules give."""

from enum import StrEnum


class EventKind(StrEnum):
    SITE_LATE = "site_late"
    PROVIDER_GONE = "provider_gone"
    GUARANTOR_DOWNGRADED = "guarantor_downgraded"
    REVENUE_DOWN = "revenue_down"
    RESALE_DOWN = "resale_down"
    SPARE_RECALLED = "spare_recalled"
    LESSEE_DEFAULT = "lessee_default"
    COVER_STARTS = "cover_starts"
    INDEX_MOVES = "index_moves"
    RATE_RISES = "rate_rises"
    RATE_FALLS = "rate_falls"
    RENT_DEFAULT = "rent_default"
