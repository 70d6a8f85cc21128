"""Who pays, funds, guarantees and supplies whom in a plan, as a graph; circles in it, and what rests on each party."""
