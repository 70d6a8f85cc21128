"""Variables, posts, balances and limits. Every instrument and rule writes to them."""
