"""What every plan must satisfy, one file each."""
