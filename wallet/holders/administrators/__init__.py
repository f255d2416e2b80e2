"""证照管理员: who acts for a legal person; offered by one of them, accepted, removed at once."""
