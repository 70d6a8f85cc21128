"""An offer in one row of `cloud_commitments.csv`: one chip in one region, one price, the same capacity each year.

Each part may stand in the row, or in the table that has room for more:

    chip, region                         cloud_products    a product of price_factor 1
    price_usd_bn_per_gw_year, min_share  cloud_tiers       a tier of scale min_share (1) to 1
    capacity_gw, floor_usd_bn            cloud_terms       a row for each contract year; floor 0 where it is blank
"""

from planner.tables.implied import FromColumns

TIER = "only"
"""name of the tier"""
PRODUCT = FromColumns(
    "cloud_products",
    "offer",
    {"chip": "chip", "region": "region"},
    "the chip and its region stand in cloud_commitments.csv",
    {"price_factor": "1"},
)
PRICE = FromColumns(
    "cloud_tiers",
    "offer",
    {"price_usd_bn_per_gw_year": "price_usd_bn_per_gw_year", "scale_min": "min_share"},
    "the price stands in cloud_commitments.csv, for any part of the capacity from min_share on",
    {"tier": TIER, "scale_min": "1", "scale_max": "1"},
)
YEARS = FromColumns(
    "cloud_terms",
    "offer",
    {"capacity_gw": "capacity_gw", "floor_usd_bn": "floor_usd_bn"},
    "capacity and floor stand in cloud_commitments.csv and are the same in each contract year",
    {"floor_usd_bn": "0"},
    numbered=("contract_year", "term_years"),
)
