"""依据文件 (O-1, M-1, O-26, M-23): the documents that rules rest on, their days, and who cites them."""
