"""From a plan to the case of a later day, and from that case to the next plan."""
