"""Chips ordered outright, and those already owned."""
