"""The edge: whatever a host or an API says is data, and is checked here before anybody else sees it.

`limits` has every limit, `texts` makes texts harmless, `unpack` turns bytes into plain values, `readers` and the shapes
say which types, ranges and lengths are expected. What does not fit is one sentence, never a page that fails.
"""
