"""Another company's idle machines, taken month by month."""
