"""Explain: what would make an impossible case possible, as changes that can be made with `--set`.

The elastic model is the model itself, integers and all, in which whatever a group of `groups` names may be bought out.
An *item* is one thing that can be changed: a guarantor's cap, the minimum of cash, an offer's last day of signing, the
demand of a workload in a region. It is bought once (touch_i = 1) and then by amounts, one per period or limit:

    minimise   Σ_i fixed_i · touch_i + rate_i · peak_i + ε · mean_k(slack_ik / scale_ik)      the price of a repair

    limits       used_t ≤ allowed_t + Σ_i,k effect_ikt · slack_ik + Σ_i effect_it · touch_i
    peak         slack_ik ≤ scale_ik · peak_i
    touched      peak_i ≤ reach_i · touch_i
    beyond       x_j ≤ upper_j · touch_i                 x_j exists only in the case with item i changed
    later        years_j · x_j ≤ upper_j · peak_i        and i is the date that x_j moves by so many years
    different    Σ_{i in R} touch_i ≤ |R| − 1            for every repair R that is known already

scale_ik is what the item says now (a cap, a demand, a minimum), so that peak_i = 0.1 is a change by a tenth, whatever
its unit; fixed_i and rate_i are the group's. Terms of contracts that are no limits (an order of phases, smallest sizes,
lots) are loosened in the constraints that state them. Offers that are closed, or whose day has passed, enter as columns
of a *loosened* case in which they are open and their days up to a year later.

The model is solved first without fixed prices of amounts, which says how dear the cheapest repair can be and so how far
`reach_i` must go; then, for each repair, for what to touch, and with nothing else touched for how little of it. Slacks
are then put into the user's terms. What is found is not believed: the changes are made to the case, which is solved; a
line that can be left out is dropped; and where half of the amounts would do, the least that does is sought.

    groups        what may be bought out, and its price
    items         an item and its slots; an item's share in a solution
    lines         amounts by period to `--set` lines
    limits        items on limits: guarantors, cash, debt, cover, obligations, grid, policies, demand
    contracts     items on terms of contracts: choice of offers, phases, sizes, lots, loans
    openings      items that open what is closed or over: the loosened case and its columns
    elastic       the elastic model in Pyomo
    feasibility   whether a case has a plan
    search        from a case to its repairs; the explanation as text and for programs
"""
