"""The OpenAPI 3.1 document of the delivery API, made of what the endpoints, page types and blocks say."""
