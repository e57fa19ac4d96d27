"""Does Article 55-8 of the Foreign Exchange and Foreign Trade Act want a report before this contract?

The engine imports the standard library only. The law itself is data (`data/*.toml`);
what verdicts mean is fixed by `verdict.py`.
"""
