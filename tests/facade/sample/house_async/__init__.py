"""Houses, asynchronously."""

from house_async.client import House
from house_async.colours import Colour

__version__ = "1.0"

__all__ = ["Colour", "House", "__version__"]
