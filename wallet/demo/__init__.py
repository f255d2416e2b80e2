"""The demo: invented units, licence types, people and licences, and nothing real.

Every number here is made up and carries a valid check digit. Every unit says 「（演示）」 in its
name, every invented credit code has `MADEM` in its middle, every portrait is a drawing that says
「演示」. The levels are real (自治区, 盟市, 旗县区); so are the laws that licence types rest on.

The tree of units is the order of licence management (O-5, M-5): each unit hangs below the unit that
manages it, so that rights can be scoped to a subtree.
"""
