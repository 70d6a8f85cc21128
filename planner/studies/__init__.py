"""Studies: many solves of one case, each with changes of its own.

runs        what one solve of a study is, and what comes of it
engine      runs carried out by any `concurrent.futures.Executor`, kept in a folder, resumed
"""
