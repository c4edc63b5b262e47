-- A look at a program's queries leaves no trace of a user who is erased: what was counted before the erasure and told after it is
-- dropped. As before otherwise.
create or replace function pulse(
    p_program text, p_instance text, p_started_at timestamptz, p_in_flight integer, p_taken_published_at timestamptz,
    p_users text[], p_queries bigint[]
) returns void language plpgsql security definer as
$$
begin
    insert into heartbeats (program, instance, started_at, beat_at, in_flight, taken_published_at)
    values (p_program, p_instance, p_started_at, now(), p_in_flight, p_taken_published_at)
    on conflict (program, instance) do update
    set beat_at = excluded.beat_at, in_flight = excluded.in_flight,
        taken_published_at = coalesce(excluded.taken_published_at, heartbeats.taken_published_at);
    insert into database_access (program, user_id, minute, queries)
    select p_program, user_id, date_trunc('minute', now()), queries
    from unnest(p_users, p_queries) as counted(user_id, queries)
    where not exists (select from users where users.id = counted.user_id and users.erased_at is not null)
    order by user_id
    on conflict (minute, program, user_id) do update set queries = database_access.queries + excluded.queries;
end
$$;

do $$
begin
    execute format(
        'alter function pulse(text, text, timestamptz, integer, timestamptz, text[], bigint[]) set search_path = %I, pg_temp',
        current_schema());
end
$$;
