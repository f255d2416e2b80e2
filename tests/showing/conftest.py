"""The people who meet at a desk."""

from tests.support.hall import deps, elder, granddaughter, li, qian, reception, zhao

__all__ = ["deps", "elder", "granddaughter", "li", "qian", "reception", "zhao"]
