"""The people who meet at a desk."""

from tests.support.hall import bank, deps, elder, granddaughter, li, qian, reception, zhao

__all__ = ["bank", "deps", "elder", "granddaughter", "li", "qian", "reception", "zhao"]
