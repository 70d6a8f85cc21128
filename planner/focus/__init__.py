"""FOCUS, the open format of cloud bills and commitments (https://focus.finops.org), written and read."""
