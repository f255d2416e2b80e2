"""The web edge that knows no feature: principals, guards, cookies, problems, headers, languages."""
