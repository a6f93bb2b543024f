"""Figures over many complaints (统计分析): facts of a case, the cells they count in, reports."""
