"""The table of pages, which tests and screenshots go through, holds every page that is served."""

from __future__ import annotations

from flask import Flask

from tests.support import pages


def test_every_route_that_gives_a_page_is_in_the_table_of_pages(shared_app: Flask) -> None:
    served = {
        rule.rule
        for rule in shared_app.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and not pages.NO_PAGES.match(rule.rule)
    }
    shown = {shown.route for shown in pages.PAGES} - {pages.MISSING}
    assert served == shown | pages.IN_A_STATE
