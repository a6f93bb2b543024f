"""What is learnt from complaints (改进): samples, reviews, signals, root causes and actions."""
