"""Studies over plans for all futures of a case: what they ask of each future, and how their results are told."""
