"""Tables and settings that belong to no single instrument or rule."""
