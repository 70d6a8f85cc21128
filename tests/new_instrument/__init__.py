"""A small instrument and a rule of one's own, from start to end: what a newcomer would write."""
