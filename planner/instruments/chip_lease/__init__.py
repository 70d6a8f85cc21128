"""Chips that a special-purpose vehicle buys with senior, junior and equity money and leases to the lab."""
