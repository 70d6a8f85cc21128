"""Explain: what would make an impossible case possible, as changes that can be made with `--set`.

An *item* is one thing that can be changed: a guarantor's cap, the minimum of cash, an offer's last day of signing, the
demand of a workload in a region. The records of rules and instruments say which items there are
(`planner.interfaces.loosening`); each item belongs to a group, which has a price. The elastic model is the model of the
case, with its integer variables, in which items can be bought. An item is bought once (touch_i = 1), and then by
amounts, one per period or limit:

    minimise   Σ_i fixed_i · touch_i + rate_i · peak_i + ε · mean_k(slack_ik / scale_ik)      the price of a repair

    limits       used_t ≤ allowed_t + Σ_i,k effect_ikt · slack_ik + Σ_i effect_it · touch_i
    peak         slack_ik ≤ scale_ik · peak_i
    touched      peak_i ≤ reach_i · touch_i
    beyond       x_j ≤ upper_j · touch_i                 x_j exists only in the case with item i changed
    later        years_j · x_j ≤ upper_j · peak_i        item i is a date, and x_j needs it so many years later
    different    Σ_{i in R} touch_i ≤ |R| − 1            for every repair R that is known already

scale_ik is the present value of the item (a cap, a demand, a minimum). So peak_i = 0.1 is a change by a tenth, whatever
the unit. fixed_i and rate_i are the price of the item's group. Terms of contracts that are no limits (an order of
phases, smallest sizes, lots) are loosened in the constraints that state them. A closed offer, or one whose last day has
passed, enters with the variables of a *loosened* case, in which it is open and its last day is up to a year later.

The model is solved in three stages. The first has no fixed prices for amounts; its price bounds the price of the
cheapest repair, and thus `reach_i`. The second finds which items to touch. The third leaves all others untouched and
finds the smallest amounts. The amounts are then turned into changes of tables. Each repair is tested: the case with the
changes is solved, a line that is not needed is dropped, and where half of the amounts is enough, the smallest amounts
that are enough are sought.

    groups        the groups that may be touched
    gathered      the items that the records of rules and instruments offer
    openings      items that open an offer: the loosened case and its variables
    elastic       the elastic model in Pyomo
    feasibility   whether a case has a plan
    search        from a case to its repairs; the explanation as text and for programs
"""
