"""Records of instruments and rules, and the part of a case that they may read."""
