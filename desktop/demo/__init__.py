"""A store's day from paper to countersigned journal, played with no display (`amends demo`)."""
