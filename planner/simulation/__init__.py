"""Policies tried out in worlds that are drawn: time passes, news comes, and each plans again with what it can know."""
