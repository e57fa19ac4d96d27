"""The rules that data and prose must keep: one module a subject, one generator a rule."""
