"""The web page: looking at experiments, comparing them and annotating their runs in a browser.

Pages are made on the server and say everything in their address. The one script makes keys work and fetches what takes
longer than a page should; without it everything can still be reached.
"""
