"""The OpenAPI document of the server, made from its routes and the values that cross the wire."""
