"""Instruments: kinds of contracts, one folder each, and the own fleet. A folder holds one record, `INSTRUMENT`."""
