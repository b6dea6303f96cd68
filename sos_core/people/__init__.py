"""People: the unit tree, who belongs where, who leads what, and the plans that change them."""
