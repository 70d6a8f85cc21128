"""Fair markets, and the search for money machines in them.

In a fair market nothing is a bargain: contracts are at the market's price or above, chips are sold at their value, and
financing costs at least the lab's own rate. A lab that is served at the market's price needs nothing else. So no offer
may lower its cost (`gain`), and none may loosen a limit that it does not truly relieve (`relief`).

`python -m tests.adversary` tries thousands of them, `test_adversary` a few.
"""
