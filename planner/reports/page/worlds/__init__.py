"""The sections of a simulation's page: each says what its part of the page is called and what it shows."""
