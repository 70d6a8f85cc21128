"""The plan for all futures, one future at a time: what they must decide alike is priced instead of demanded.

tied           which decisions several futures have in common, and each future with prices on them
first_prices   prices from the linear program of the whole tree
linear_prices  how the duals of a linear program become prices
in_parts       the same of many futures, by several linear programs
better_prices  a step of the bundle method
solves         the futures, side by side in processes
proof          the bound of a plan in a folder, proven again
repair         plans from what the futures would do
search         the loop
"""
