"""The plan for all futures, one future at a time: what they must decide alike is priced instead of demanded.

tied           which decisions several futures have in common, and each future with prices on them
first_prices   prices from the linear program of the whole tree
better_prices  a step of the bundle method
solves         the futures, side by side in processes
repair         plans from what the futures would do
search         the loop
"""
