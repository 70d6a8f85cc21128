"""The sections of a study's page: each says what its part of the page is called and what it shows."""
