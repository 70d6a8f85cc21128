"""`python -m planner.cli` is `planner`."""

from planner.cli import main

main()
