"""What can be signed, one folder each, and the fleet that runs in what was. A folder holds one record, `INSTRUMENT`."""
