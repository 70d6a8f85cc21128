"""What can be signed, one folder each, and the fleet that runs in what was."""
