"""What several instruments have in common."""
