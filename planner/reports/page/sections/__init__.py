"""The sections of the page, one module each; `page` puts them in order."""
