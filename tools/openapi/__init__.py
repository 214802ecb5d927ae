"""The OpenAPI document of the API, made from the models that the code reads and answers with.

`make openapi` writes it; what the routes are is in `operations`, all shapes are the code's own.
"""
