"""Decision variables, posts, balances and limits: what every instrument and rule writes to."""
