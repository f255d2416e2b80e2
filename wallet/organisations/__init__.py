"""Units, their staff and machine clients, and the documents that rules rest on."""
