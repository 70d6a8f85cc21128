"""A plan for all futures in words: what to sign now, what depends on which news, what it costs, what knowing is worth.

policy      what is signed in which node of the tree, one line for each signature, and what is said of it once
words       nodes, probabilities and intervals as people read them
text        all of it for a terminal
values      the values, each with what it means
"""
