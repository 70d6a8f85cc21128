"""Signals as a terminal has them: a shell that runs the tests in the background would have them ignore Ctrl-C."""

import signal

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
