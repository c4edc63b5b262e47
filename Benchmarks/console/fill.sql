-- :runs receipts over 90 days, of one user in a thousand runs; six of ten thousand of the consumers that get few; one in twenty refused.
\set ON_ERROR_STOP on
\timing off
set synchronous_commit = off;
insert into users (id, handle, display_name, email)
select 'user-' || (100000 + n), 'handle' || n, 'Name ' || n, 'mail' || n || '@example.org' from generate_series(1, greatest(10, :runs / 20)) n;
insert into oauth_tokens (user_id, provider_user_id, access_token)
select id, id, 'gAAAAA' from users;
insert into subscriptions (user_id, tier, status) select id, 'basic', 'active' from users;
insert into usage (user_id, period, used, quota) select id, to_char(now() at time zone 'UTC', 'YYYY-MM'), 20, 30 from users;
insert into receipts (consumer, message_id, outcome, user_id, asked_by, correlation_id, received_at, attempt, reason, steps, completed_at)
select case when n % 10000 < 6 then (array['export', 'retention', 'monitor', 'alert', 'export', 'retention'])[1 + n % 10000]
            when n % 2 = 0 then 'ingest' else 'analyze' end,
    gen_random_uuid()::text, case when n % 20 = 0 then 'refused' else 'done' end,
    'user-' || (100001 + case when n % 1000 = 0 then 0 else n % greatest(10, :runs / 20) end), 'backend', gen_random_uuid()::text,
    now() - n * interval '7 s', 1, case when n % 20 = 0 then 'consent_expired' end, '{120,2400,5100,1180000}',
    now() - (n - n % 16) * interval '7 s'
from generate_series(1, :runs) n;
insert into twitter_data (user_id, tweet_id, text, posted_at, retain_until)
select 'user-100001', n::text, 'words', now(), now() + interval '90 days' from generate_series(1, 3200) n;
insert into dead_letters (queue, message_id, reason, code, body, user_id, headers, died_at, status)
select (array['repazoo.ingest', 'repazoo.analyze'])[1 + n % 2], gen_random_uuid()::text, 'attempts_exhausted',
    (array['network', 'timeout', 'overloaded'])[1 + n % 3], '{"user_id":"user-100001"}', 'user-100001',
    '{"type":"repazoo.ingest.v1"}', now() - n * interval '1 min', case when n % 5 = 0 then 'new' else 'replayed' end
from generate_series(1, :runs / 20) n;
insert into alerts (rule, severity, fingerprint, subject, status)
select 'queue_depth', 'warning', 'f' || n, 'repazoo.analyze', case when n % 50 = 0 then 'open' else 'resolved' end
from generate_series(1, 5000) n;
-- A long trail of one user, and the trail of nobody; chained by the function itself, a thousand at a time.
do $$
declare
    v_user text;
begin
    foreach v_user in array array['user-100001', null] loop
        for v_round in 1 .. 10 loop
            perform audit_append_many(
                array_agg('repazoo-ingest'::text), array_agg(v_user), array_agg('ingest.page'::text), array_agg('done'::text),
                array_agg('{"tweets": 100}'::jsonb))
            from generate_series(1, 1000);
        end loop;
    end loop;
end
$$;
vacuum analyze;
