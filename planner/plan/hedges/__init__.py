"""The folder of a hedge, a plan for every future of a case: its record, its tables and its audit."""
