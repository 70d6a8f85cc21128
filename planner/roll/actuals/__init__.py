"""What really happened by the day of a later case, where it is not what the plan said."""
