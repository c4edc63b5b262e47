-- Whoever verifies one user's trail asks nobody's chain what an erasure forgot of it. That chain has an entry for every tick and sign-in
-- there ever was, and hardly one of a forgetting: these are found by an index of their own.
create index audit_log_forgettings on audit_log (chain) where action = 'audit.forget';
