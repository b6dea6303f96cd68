"""Benchmark editions: frozen sets of organizations' scores, and what may be read from them."""
