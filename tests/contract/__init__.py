"""What every instrument and every rule of a catalogue has to keep, tried on each of them."""
