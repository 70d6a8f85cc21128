"""What holds for all tests.

Signals are as a terminal has them: a shell that runs the tests in the background would have them ignore Ctrl-C. No test
of properties has a deadline, and each draws the same examples in every run; `--hypothesis-profile=random` draws others.
"""

import signal

from hypothesis import settings

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

settings.register_profile("repeatable", deadline=None, derandomize=True, database=None)
settings.register_profile("random", deadline=None, derandomize=False, print_blob=True)
settings.load_profile("repeatable")
