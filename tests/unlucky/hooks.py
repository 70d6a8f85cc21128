"""What Python runs first in a process that is to have a misfortune; the environment says which."""

HOOKS = r"""
import os, signal, sys

blocked = set(os.environ.get("UNLUCKY_WITHOUT", "").split())
at, _, name = os.environ.get("UNLUCKY_SIGNAL", "").partition(" ")
worker = os.environ.get("UNLUCKY_WORKER", "")
failing = os.environ.get("UNLUCKY_START", "")
inside = os.environ.get("UNLUCKY_FOLDER", "")
happened = False


class Blocking:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in blocked:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        return None


def strike():
    global happened
    happened = True
    os.kill(os.getpid(), getattr(signal, name))


def hook(event, arguments):
    if at and not happened:
        if at == "write":
            writes = event == "open" and isinstance(arguments[1], str) and set(arguments[1]) & set("wax")
            if writes and str(arguments[0]).startswith(inside) and not str(arguments[0]).endswith(".lock"):
                strike()
        elif event == "import" and arguments[0] == at:
            strike()
    if worker and event == "import" and arguments[0] == "highspy" and "planner.studies.worker" in sys.modules:
        if sys.argv == ["-c"]:
            if worker == "memory":
                raise MemoryError("no more")
            if worker == "exit":
                os._exit(3)
            os.kill(os.getpid(), signal.SIGKILL)
    if failing == "process" and event == "subprocess.Popen":
        raise BlockingIOError(11, "Resource temporarily unavailable")


sys.meta_path.insert(0, Blocking())
if at or worker or failing:
    sys.addaudithook(hook)
if failing == "thread":
    import _thread, threading

    def refuse(*_, **__):
        raise RuntimeError("can't start new thread")

    _thread.start_new_thread = threading._start_new_thread = refuse
"""
