"""Studies: many solves of one case, each with changes of its own.

Runs     what one solve of a study is, and what comes of it; `engine` carries them out and keeps them
Prices   what each offer and each limit is worth
Sweep    what-if: the runs that a `design` asks for in words (grids, one at a time, named, samples), and their results
"""
