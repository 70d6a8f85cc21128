"""Own chips run in leased halls."""
