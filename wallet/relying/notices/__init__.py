"""通知 What the parties are told of their own grants: that one ends soon, has ended, was suspended or goes on."""
