"""From the case of a later day to the next plan: fences, least change, what is due, and the bridge of cost."""
