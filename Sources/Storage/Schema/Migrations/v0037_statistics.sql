-- The monitor compares what the programs counted with what the server counted (pg_stat_statements), and has to tell statements from
-- what only begins and ends a transaction: without this right it sees how often, and not what. It reads no table's rows by it.

do $$
begin
    grant pg_read_all_stats to repazoo_monitor;
exception
    -- An owner who may not grant it (some hosted servers): the rule database_access_uncounted is then not measured.
    when insufficient_privilege then null;
    -- Roles belong to the whole cluster: another database is being migrated at this moment, and does the same.
    when internal_error then null;
end
$$;
