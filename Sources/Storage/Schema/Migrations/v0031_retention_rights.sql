-- Retention reads and deletes where rows of users are, and nowhere else: what 0017 gave it by default on all tables to come goes.
-- A table of users' rows says so by isolate_by_user, which opens it to erasure too; one that is under no row-level security but has
-- a column user_id grants `select (user_id), delete` itself. A test finds whoever forgets (IsolationHolds).

do $$
declare
    v_table regclass;
begin
    execute format(
        'alter default privileges in schema %I revoke select, delete on tables from repazoo_retention', current_schema());
    for v_table in
        select c.oid::regclass from pg_class c
        where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p')
            and has_table_privilege('repazoo_retention', c.oid, 'DELETE')
            and not exists (
                select from pg_attribute a where a.attrelid = c.oid and a.attname = 'user_id' and not a.attisdropped)
    loop
        execute format('revoke select, delete on %s from repazoo_retention', v_table);
    end loop;
end
$$;

create or replace function isolate_by_user(p_table regclass, p_column name default 'user_id') returns void language plpgsql as
$$
begin
    execute format('alter table %s enable row level security', p_table);
    execute format(
        'create policy rows_of_user on %s to repazoo_ingest, repazoo_analyze, repazoo_export '
        'using (%I = current_setting(''repazoo.user_id'', true))', p_table, p_column);
    execute format(
        'create policy all_rows on %s to repazoo_retention, repazoo_monitor, repazoo_alert, repazoo_scheduler, repazoo_console, '
        'repazoo_operator, repazoo_backend using (true)', p_table);
    execute format('grant select (%I), delete on %s to repazoo_retention', p_column, p_table);
end
$$;

-- `repazoo retention plan` counts what a tick would delete; what was answered is none of its business.
grant select (id, user_id, kind, created_at) on analysis_parts to repazoo_operator;
