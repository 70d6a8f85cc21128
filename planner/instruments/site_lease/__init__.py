"""Data-centre halls under letters of intent."""
