"""Filled-in complaint forms made by seed: our form and foreign ones, printed and handwritten."""
