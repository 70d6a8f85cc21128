"""Explain for cases with events: which futures have no plan, which decisions stand in the way, and what would mend it.

feasibility    whether each future, some of them, or all have a plan
conflicts      futures that no plan serves until the news, and the offers on which they do not agree
repairs        changes of the case with which all futures have a plan
explanation    from a case to all of that, as text and for programs
"""
