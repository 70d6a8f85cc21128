"""Every command under misfortunes: streams that are closed or full, missing packages, no memory, signals, dead workers.

    python -m tests.unlucky                    # all pairs of a command and a misfortune, counted by outcome
    python -m tests.unlucky --only solve ascii # those whose names contain these words
    python -m tests.unlucky --every 5          # each fifth pair

Each pair runs in a process of its own, in a folder of its own. A process that does not end is killed and counted as a
hang.
"""
