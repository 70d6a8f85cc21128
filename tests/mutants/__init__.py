"""Planted faults: small edits of the planner's source, each of which some test must notice.

`python -m tests.mutants` plants them one at a time in a copy of the checkout, runs the tests that should notice, and
prints a table. It takes some minutes and is run on request. A fast test sees to it that each fault can still be
planted.
"""
