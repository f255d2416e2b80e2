"""单位: the tree as managers see and change it, and the responsible person 专人 of each unit."""
