"""Documents on paper: report models in, reproducible PDF out."""
