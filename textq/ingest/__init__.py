"""Files → Document: readers by format, normalisation, metadata, the manifest."""
