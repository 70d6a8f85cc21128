"""Tables of a plan, one file each."""
