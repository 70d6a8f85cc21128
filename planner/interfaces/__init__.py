"""What an instrument and a rule give to the rest of the planner, and what they may read of a case and of a plan."""
