"""Accuracy of a coder against gold codes, with the uncertainty that comes from the choice of documents."""
