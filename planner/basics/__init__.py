"""Dates, money over time, paths, units, text, files: functions that know nothing of contracts."""
