"""The result widgets in a real browser, on the real schema with invented figures."""
