"""Dates, money over time, paths, units, text and files. Contracts are not known here."""
