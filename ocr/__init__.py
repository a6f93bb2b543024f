"""Reads filled-in paper complaint forms (纸质投诉单) from scans, photos and PDFs; knows no Qt."""
