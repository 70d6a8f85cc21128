"""The futures of a case: the tree that its events make, the case of each future, and when decisions are taken."""
