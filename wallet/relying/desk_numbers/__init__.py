"""Desk numbers (窗口号): a code reaches one desk by six digits, where cameras fail."""
