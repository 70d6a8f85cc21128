"""Studies: many solves of one case, each with changes of its own.

runs            one solve of a study, and its result
engine          carries out runs side by side, and keeps their results
given_plan      a plan that is known before a study begins
measures        what a plan is measured by besides its cost, and conditions of a study
prices          what each offer and each limit is worth
design, sweep   the runs that a study asks for in words (grids, one at a time, named, samples), and their results
frontier        cost against a measure
alternatives    other plans of nearly the least cost; `extremes`: those with least and most of a measure
stress          a plan under events
"""
