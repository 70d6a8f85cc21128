"""Policies: what the lab asks of its own plan."""
