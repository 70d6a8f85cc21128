"""How fast and how large the planner is, each time as a ratio of two things measured in the same run.

    python -m tests.benchmarks                        all of them, in some thirty minutes on two quiet cores
    python -m tests.benchmarks startup loading        these only
    python -m tests.benchmarks --quick                smaller sizes, to see that everything works
    python -m tests.benchmarks --full                 larger ones: hours
    python -m tests.benchmarks --json now.json        write what was measured, each repeat of it
    python -m tests.benchmarks --compare then.json    print it beside what an earlier --json wrote

It runs in the checkout, on Linux or macOS. The benchmarks are

    startup        `planner --help` and `planner check` against the import of click
    loading        building a model and loading it into HiGHS, against Pyomo's own interfaces on the same model
    growth         time and memory up to the solve, by offers, periods and regions: the exponent of a power law
    overhead       `planner solve` as a whole against HiGHS alone on the same model
    search         our search against HiGHS's own on the same program
    family         the same on programs of other trades, half of them held out: knapsacks, warehouses, lot-sizing, …
    sweep          `planner sweep` of fifty runs against fifty cold `planner solve`
    formulation    time to a gap against the plainest correct formulation of the same case, solved by HiGHS
    peers          a problem that PyPSA and linopy express too, from import to optimum

`search`, `family` and `formulation` take `--limit` [s of the processor] for each search; what is cut by it is reported
as a bound, in `family` as ten times the limit. `peers` needs the extra `planner[benchmark]`, in this Python or in that
of `--peers PYTHON`; one of its own keeps what those libraries bring along from changing how fast pandas is imported
here.

Seconds are those of the processor, user and system, of a process and its children, as a machine is seldom alone with
one; wall clock stands beside. Repeats are interleaved and the median counts; the smallest is kept too. Every plan that
is made is audited and every pair of optima compared, outside of what is timed. CI times nothing: the tests in this
folder only try the parts on tiny cases.
"""
