"""The sections of the page of a hedge, in the order of the page; `hedge_page` puts them together."""
