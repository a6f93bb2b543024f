"""The journal: canonical bytes, hash chains and salted digests, for store and HQ alike."""
