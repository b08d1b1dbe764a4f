"""The filter language of the search operations (wire contract 2.6).

What the protocol leaves open is decided here:

* Conditions are ``column OP literal`` with ``= == != <> < <= > >=``, ``[NOT] IN (...)``, ``[NOT] CONTAINS 'part'``,
  ``[NOT] LIKE 'pattern'``, ``IS [NOT] NULL``, and ``= null`` and ``!= null`` for the last two; they are combined by
  ``NOT``, ``AND``, ``OR`` (binding in this order) and parentheses. Words of the language have no case.
* Text stands in single quotes, a quote in it is doubled; numbers, ``true`` and ``false`` stand bare. Columns stand bare
  or in double quotes, a quote in them is doubled.
* Comparisons of text heed case. A comparison with a value that is null or absent is neither true nor false, and so is
  its negation: such rows only come with ``IS NULL``.
* A column whose values have one type is compared with that type only; anything else is an error that names the
  position. In a column of mixed types a value of another type than the literal is different from it, and neither
  smaller nor larger. Lists and objects are compared as their JSON text. ``CONTAINS`` and ``LIKE`` look at the text of
  any value.
* ``created_at`` and ``updated_at`` of examples are compared with an RFC 3339 text or with milliseconds since the
  epoch.
* A name that is no column may be a path into one: ``metadata.user`` is the property ``user`` of the column
  ``metadata``.
* ``annotation.<name>.score``, ``.label`` and ``.text`` are columns for each annotation config of the space.
* What is not a filter, or names no column, is 422; a blank filter is 400.
"""
