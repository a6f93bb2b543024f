"""The material of our digit reader: hands to learn from, hands to tune by, hands held back."""
