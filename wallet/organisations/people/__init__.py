"""人员: accounts and roles of staff, given by managers above or by the unit's responsible person."""
