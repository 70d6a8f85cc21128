"""From a plan to the case of a later day."""
