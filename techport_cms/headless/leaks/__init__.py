"""Whether a visitor can see anything that is not public: see manage.py check_leaks.

`private_texts` gathers from the database what nobody may see, `crawl` asks for everything that a
visitor can ask for, and `check` compares the answers with it.
"""
