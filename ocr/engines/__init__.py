"""Text recognisers behind one Protocol, so that the reader never names a library."""
