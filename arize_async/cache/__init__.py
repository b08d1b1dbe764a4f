"""Examples of datasets kept on disk, so that they are downloaded once for each state of a dataset.

A file is named after everything that decides what a download gives: hosts, account, dataset, version and the moment of
the dataset's last change. It ends with a seal that only the holder of the API key can make, and what does not bear it
is taken away and downloaded again. Whatever goes wrong with the cache costs a download, never an answer.
"""
