"""Further terms of a lease, which it need not have: columns of the table of site leases."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated, ClassVar

from planner.tables.fields import Field
from planner.tables.offer import EndedEarlyOffer, Offer


class RenewedRent(StrEnum):
    """The rent of a renewed term."""

    FIXED = "fixed"
    """the last rent goes on, with its escalator"""
    INDEX = "index"
    """the first rent times the level of the lease's index on the day on which the renewed term begins"""


class LeaseTerms(EndedEarlyOffer):
    """A row of the table of site leases, as far as its further terms go."""

    last: ClassVar[tuple[str, ...]] = (
        "substitution_fee_usd_bn_per_gw", "share_step", "backers_max", "diligence_months", "diligence_from",
        "rent_free_months", "fit_out_usd_bn_per_gw", "refit_usd_bn_per_gw", "renew_years", "renew_times", "renew_rent",
        "renew_notice_months", "renewed_times", "ends_on", "delay_damages_usd_bn_per_gw_year", "promised_on",
        *Offer.last,
    )  # fmt: skip

    substitution_fee_usd_bn_per_gw: Annotated[
        float | None,
        Field(
            "fee for each GW whose guarantor is replaced by another that may back the phase, at the start of a period"
            " after the signature; blank: guarantors stay to the end",
            above=0,
            usual=(1e-6, 5),
            without="",
        ),
    ] = None
    share_step: Annotated[
        float | None,
        Field(
            "the part exercised is min_share and a whole number of such parts of the phase; blank: any part from"
            " min_share on",
            above=0,
            most=1,
            unit="share",
            without="",
        ),
    ] = None
    backers_max: Annotated[
        int | None,
        Field(
            "most guarantors that back the phase at one time; blank: any number", least=1, unit="guarantors", without=""
        ),
    ] = None
    diligence_months: Annotated[
        int,
        Field(
            "how long due diligence takes before the phase may be exercised; it begins, and is paid, on a day that is"
            " decided, and is lost if the phase is not exercised; 0: it is paid on exercise",
            least=0,
            most=120,
            without="0",
        ),
    ] = 0
    diligence_from: Annotated[
        date | None,
        Field(
            "day before the start of the case on which due diligence began, which is paid; blank: it has not begun;"
            " blank unless status is open or required and diligence_months above 0"
        ),
    ] = None
    rent_free_months: Annotated[
        int,
        Field(
            "time from the commencement in which no rent is due; lease years count from it all the same",
            least=0,
            most=600,
            without="0",
        ),
    ] = 0
    fit_out_usd_bn_per_gw: Annotated[
        float | None,
        Field(
            "cost of fitting out its halls, paid on the day on which they commence, for the part exercised",
            least=0,
            without="",
        ),
    ] = None
    refit_usd_bn_per_gw: Annotated[
        float | None,
        Field(
            "cost of fitting halls for another chip family than they are fitted for; blank: chips of any of its"
            " families may move in at any time",
            least=0,
            without="",
        ),
    ] = None
    renew_years: Annotated[
        float | None,
        Field(
            "length of a term for which the lease may be renewed when its term ends; blank where renew_times is 0",
            above=0,
            most=100,
            whole_months=True,
            usual=(0.5, 60),
        ),
    ] = None
    renew_times: Annotated[
        int, Field("how often it may be renewed, one term after the other", least=0, most=20, unit="times", without="0")
    ] = 0
    renew_rent: Annotated[
        RenewedRent | None,
        Field(
            "rent of a renewed term: the last rent goes on with its escalator (fixed), or it begins anew with the first"
            " rent times the level of rent_index on the day on which that term begins, and rises from there (index);"
            " blank where renew_times is 0"
        ),
    ] = None
    renew_notice_months: Annotated[
        int, Field("how long before the end of a term its renewal has to be decided at the latest", least=0, most=600)
    ] = 0
    renewed_times: Annotated[
        int,
        Field(
            "how many of its renewals are taken already of a lease signed already; blank unless status is signed",
            least=0,
            most=20,
            unit="times",
        ),
    ] = 0
    ends_on: Annotated[
        date | None,
        Field(
            "first day of a contract year on which a lease signed already ends before its term is over, as notice is"
            " given; its fee is that of terminations; blank: it runs to the end of its term; blank unless status is"
            " signed"
        ),
    ] = None
    delay_damages_usd_bn_per_gw_year: Annotated[
        float | None,
        Field(
            "what the developer pays for each year in which halls stand later than was known on signing, for each GW"
            " exercised; blank: nothing",
            above=0,
            without="",
        ),
    ] = None
    promised_on: Annotated[
        date | None,
        Field(
            "commencement that a lease signed already was signed for, from which delay damages are paid; blank:"
            " commences_on, or ready_date, without any delay; blank unless status is signed"
        ),
    ] = None
