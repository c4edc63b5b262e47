-- What the console shows of running consumers, and what it counts for the guarantees.

alter table heartbeats
    add column per_minute  double precision,
    add column p95_seconds double precision,                  -- within a factor of two
    add column circuits    jsonb not null default '{}';       -- name to closed, probing, open

-- Comes after pulse() in the same transaction.
create function pulse_vitals(
    p_program text, p_instance text, p_per_minute double precision, p_p95_seconds double precision, p_circuits jsonb
) returns void language sql security definer as
$$
    update heartbeats set per_minute = p_per_minute, p95_seconds = p_p95_seconds, circuits = p_circuits
    where program = p_program and instance = p_instance
$$;

-- How many times each guarantee is broken in what is stored; 0 is well. Counts only: whoever may ask sees no row of it.
create function guarantee_faults() returns table (guarantee integer, faults bigint)
language sql stable security definer as
$$
    select 2, case when exists (
        select from pg_constraint where conname = 'receipts_pkey' and conrelid = 'receipts'::regclass) then 0::bigint else 1 end
    union all select 3, (select count(*) from dead_letters where code = 'privacy_check' and died_at > now() - interval '30 days')
        + (select count(*) from alerts where status <> 'resolved' and rule like 'prompt%')
    union all select 4, (select count(*) from alerts where status <> 'resolved' and rule like 'privacy%')
    union all select 5, (select count(*) from audit_log where action = 'rate_limit.violation' and outcome = 'refused'
        and at > now() - interval '24 hours')
    union all select 6, (select count(*) from usage
        where used > quota and period = to_char(now() at time zone 'UTC', 'YYYY-MM'))
    union all select 7, (select count(*) from oauth_tokens token where revoked_at is not null
        and not exists (select from oauth_tokens later where later.user_id = token.user_id
            and later.consented_at > token.consented_at)
        and exists (select from analyses where analyses.user_id = token.user_id
            and analyses.created_at > token.revoked_at + interval '1 minute'))
    union all select 8, (select count(*) from users where erased_at is not null and (
        exists (select from twitter_data where user_id = users.id) or exists (select from analyses where user_id = users.id)
        or exists (select from oauth_tokens where user_id = users.id)))
    union all select 9, (select count(*) from alerts where status <> 'resolved' and rule like 'audit%')
    union all select 10, (select count(*) from pg_class where relname in ('users', 'twitter_data', 'analyses', 'oauth_tokens',
        'analyzed_tweets', 'subscriptions', 'usage', 'data_exports')
        and relnamespace = (select relnamespace from pg_class where oid = 'receipts'::regclass) and not relrowsecurity)
    union all select 11, (select count(*) from oauth_tokens where access_token not like 'gAAAA%' and access_token <> '')
    union all select 12, (select count(*) from (
        select from schedule_slots group by schedule, slot having count(distinct message_id) > 1) as twice)
$$;

do $$
begin
    execute format('alter function pulse_vitals(text, text, double precision, double precision, jsonb) set search_path = %I, pg_temp',
        current_schema());
    execute format('alter function guarantee_faults() set search_path = %I, pg_temp', current_schema());
end
$$;
revoke execute on function pulse_vitals(text, text, double precision, double precision, jsonb), guarantee_faults() from public;
grant execute on function pulse_vitals(text, text, double precision, double precision, jsonb) to
    repazoo_ingest, repazoo_analyze, repazoo_export, repazoo_retention, repazoo_monitor, repazoo_alert, repazoo_scheduler,
    repazoo_console, repazoo_operator;
grant execute on function guarantee_faults() to repazoo_console, repazoo_operator;
grant select on export_deadlines, erasures to repazoo_console;
