"""The frame around the screens: rail, top bar, finder, login and the list of keys."""
