"""The wallet: issue, show, judge and record electronic licences."""
