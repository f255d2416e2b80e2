"""A desk refused a code or paper, or asked for paper that the library holds: reported, answered by the managing unit."""
