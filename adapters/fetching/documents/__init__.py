"""What a document says, by its type: one plain function each, from bytes to a page. No network.

They run in a process of their own: they get nothing but the download, and load their libraries
themselves.
"""
