"""What is printed and drawn of cases and plans; one file each."""
