-- Least privilege: one group role for each program, what each may do, and row-level security by user. topology/access.md has the
-- table of it. Logins are the operator's: `create role … login password … in role repazoo_ingest`.
--
-- Two bounds hold a program: the rights of its role on tables and functions, and, for the programs that work on one user at a time
-- (ingest, analyze, export), the rows of the user whose work it says it does: the setting repazoo.user_id of its transaction. What
-- is done for many users at once (locks, consent, audit entries, receipts) goes by functions that run as their owner, who is bound
-- by no policy. So no program may log in as the owner of the tables, who is whoever ran `repazoo migrate`.

-- Roles belong to the whole cluster, and its databases may be migrated at the same time.
do $$
declare
    v_program text;
begin
    foreach v_program in array array['ingest', 'analyze', 'export', 'retention', 'monitor', 'alert', 'scheduler', 'console',
        'operator', 'backend']
    loop
        if not exists (select from pg_roles where rolname = 'repazoo_' || v_program) then
            begin
                execute format('create role %I nologin', 'repazoo_' || v_program);
            exception when duplicate_object or unique_violation then
                null;  -- another database was quicker
            end;
        end if;
        execute format('grant usage on schema %I to %I', current_schema(), 'repazoo_' || v_program);
    end loop;
end
$$;

-- A function is for those whom a migration names: neither those that are here nor those to come are for everybody.
alter default privileges revoke execute on functions from public;

-- Puts a table under row-level security by user: programs that work on one user see and write that user's rows only, the others
-- all rows. What they may do to them is for grants to say.
create function isolate_by_user(p_table regclass, p_column name default 'user_id') returns void language plpgsql as
$$
begin
    execute format('alter table %s enable row level security', p_table);
    execute format(
        'create policy rows_of_user on %s to repazoo_ingest, repazoo_analyze, repazoo_export '
        'using (%I = current_setting(''repazoo.user_id'', true))', p_table, p_column);
    execute format(
        'create policy all_rows on %s to repazoo_retention, repazoo_monitor, repazoo_alert, repazoo_scheduler, repazoo_console, '
        'repazoo_operator, repazoo_backend using (true)', p_table);
end
$$;

-- MARK: Functions for many users, run as their owner

-- As before, in PL/pgSQL: it keeps its plan, as a function that runs as its owner cannot be inlined.
create or replace function consent_refusals(p_user_ids text[], p_at timestamptz[])
returns table (n bigint, user_id text, reason text) language plpgsql stable security definer as
$$
#variable_conflict use_column
begin
    return query select asked.n, asked.user_id, case
        when account.id is null then 'unknown_user'
        when account.erased_at is not null then 'user_erased'
        when token.consented_at is null then 'no_consent'
        when token.revoked_at is not null then 'consent_revoked'
        -- 365 days to the second; hours, as a day of a time zone may have 23 or 25 of them
        when token.consented_at <= asked.at - interval '8760 hours' then 'consent_expired'
        when subscription.id is null then 'no_subscription'
    end
    from unnest(p_user_ids, p_at) with ordinality as asked(user_id, at, n)
    left join lateral (select id, erased_at from users where id = asked.user_id limit 1) as account on true
    left join lateral (
        select consented_at, revoked_at from oauth_tokens
        where oauth_tokens.user_id = asked.user_id and provider = 'twitter' order by consented_at desc limit 1
    ) as token on true
    left join lateral (
        select id from subscriptions where subscriptions.user_id = asked.user_id and status = 'active' limit 1
    ) as subscription on true;
end
$$;

-- Whoever runs a function as its owner must not choose what its names mean: its search path is this schema, and temporary tables,
-- which otherwise come first, come last.
do $$
declare
    v_function regprocedure;
begin
    foreach v_function in array array[
        'consent_refusals(text[], timestamptz[])', 'consent_refusal(text, timestamptz)', 'require_consent(text)',
        'begin_jobs(text[], boolean[], boolean[])', 'receipts_among(text, text[])',
        'audit_append(text, text, text, text, jsonb)', 'audit_append_many(text[], text[], text[], text[], jsonb[])'
    ]::regprocedure[]
    loop
        execute format(
            'alter function %s security definer set search_path = %I, pg_temp', v_function, current_schema());
    end loop;
end
$$;

revoke execute on function audit_field(text) from public;
revoke execute on function audit_hash(text, bigint, text, timestamptz, text, text, text, text, jsonb) from public;
revoke execute on function audit_lock(text) from public;
revoke execute on function audit_append(text, text, text, text, jsonb) from public;
revoke execute on function audit_append_many(text[], text[], text[], text[], jsonb[]) from public;
revoke execute on function begin_jobs(text[], boolean[], boolean[]) from public;
revoke execute on function charge_quota(text, text, integer) from public;
revoke execute on function consent_refusal(text, timestamptz) from public;
revoke execute on function consent_refusals(text[], timestamptz[]) from public;
revoke execute on function isolate_by_user(regclass, name) from public;
revoke execute on function receipts_among(text, text[]) from public;
revoke execute on function require_consent(text) from public;
revoke execute on function token_mark(text) from public;

-- MARK: What every consumer does

grant execute on function audit_append(text, text, text, text, jsonb) to
    repazoo_ingest, repazoo_analyze, repazoo_export, repazoo_retention, repazoo_monitor, repazoo_alert, repazoo_scheduler,
    repazoo_console, repazoo_operator;
grant execute on function
    audit_append_many(text[], text[], text[], text[], jsonb[]), begin_jobs(text[], boolean[], boolean[]),
    receipts_among(text, text[])
to repazoo_ingest, repazoo_analyze, repazoo_export, repazoo_retention, repazoo_monitor, repazoo_alert;
grant execute on function
    consent_refusal(text, timestamptz), consent_refusals(text[], timestamptz[]), require_consent(text)
to repazoo_ingest, repazoo_analyze, repazoo_export, repazoo_retention;

grant insert on receipts to
    repazoo_ingest, repazoo_analyze, repazoo_export, repazoo_retention, repazoo_monitor, repazoo_alert;

-- A consumer writes receipts in its own name. It cannot list any: it finds the ones that it asks for by receipts_among.
do $$
declare
    v_consumer text;
begin
    foreach v_consumer in array array['ingest', 'analyze', 'export', 'retention', 'monitor', 'alert'] loop
        execute format(
            'create policy receipts_of_%s on receipts to %I using (consumer = %L)', v_consumer, 'repazoo_' || v_consumer,
            v_consumer);
    end loop;
end
$$;
create policy all_rows on receipts to repazoo_retention, repazoo_monitor, repazoo_console, repazoo_operator using (true);
alter table receipts enable row level security;

-- MARK: Rows of users

select isolate_by_user('users', 'id');
select isolate_by_user('oauth_tokens');
select isolate_by_user('subscriptions');
select isolate_by_user('twitter_data');
select isolate_by_user('analyses');
select isolate_by_user('analyzed_tweets');
select isolate_by_user('usage');
select isolate_by_user('ingest_runs');
select isolate_by_user('data_exports');
select isolate_by_user('dead_letters');
select isolate_by_user('audit_log');

-- MARK: Each program

grant select on users, oauth_tokens to repazoo_ingest;
grant update (access_token, refresh_token, expires_at, revoked_at, updated_at, refresh_sent_at, refresh_sent_for)
    on oauth_tokens to repazoo_ingest;
grant select, insert on twitter_data to repazoo_ingest;
grant update (text, lang, posted_at, metrics, collected_at, retain_until) on twitter_data to repazoo_ingest;
grant select, insert, update, delete on ingest_runs to repazoo_ingest;
grant execute on function token_mark(text) to repazoo_ingest, repazoo_operator;

grant select on users, subscriptions, twitter_data, analyses, analyzed_tweets, usage to repazoo_analyze;
grant insert on analyses, analyzed_tweets to repazoo_analyze;
grant insert, update on usage to repazoo_analyze;
grant execute on function charge_quota(text, text, integer) to repazoo_analyze;

-- Everything held about the user but the tokens.
grant select on users, subscriptions, twitter_data, analyses, analyzed_tweets, usage, ingest_runs, data_exports, dead_letters,
    audit_log to repazoo_export;
grant select (id, user_id, provider, provider_user_id, scopes, expires_at, consented_at, consent_version, revoked_at, updated_at)
    on oauth_tokens to repazoo_export, repazoo_retention, repazoo_console;
grant insert, update on data_exports to repazoo_export;

-- Deletes, in every table that holds a user's data. The audit trail it can only read.
grant select, update on users to repazoo_retention;
grant update, delete on oauth_tokens to repazoo_retention;
grant select, delete on subscriptions, analyzed_tweets, usage, ingest_runs, receipts to repazoo_retention;
grant select, update, delete on twitter_data, analyses, data_exports, dead_letters, alerts to repazoo_retention;
grant select on audit_log to repazoo_retention;

-- Counts what happened and raises alerts; it sees no tweet and no message.
grant select on receipts to repazoo_monitor;
grant select (id, at, actor, user_id, action, outcome, detail) on audit_log to repazoo_monitor;
grant select (id, queue, message_id, reason, code, died_at, stored_at, status, deaths, replayable) on dead_letters
    to repazoo_monitor;
grant select, insert, update on alerts to repazoo_monitor;

grant select, insert, update on dead_letters, alerts to repazoo_alert;

-- Shows what there is without the contents of tweets and analyses; settles dead letters and alerts.
grant select on subscriptions, usage, data_exports, receipts, alerts, dead_letters, audit_log, ingest_runs to repazoo_console;
grant select (id, handle, display_name, created_at, last_active_at, erased_at) on users to repazoo_console;
grant select (id, user_id, tweet_id, lang, posted_at, collected_at, retain_until, deleted_at) on twitter_data to repazoo_console;
grant select (id, user_id, message_id, kind, model, sentiment, score, tweets_analyzed, input_tokens, output_tokens, created_at,
    retain_until, deleted_at) on analyses to repazoo_console;
grant update on dead_letters, alerts, data_exports to repazoo_console;

-- The people behind `repazoo`: they look at everything, settle dead letters and alerts, and put tokens under a new key. Nothing of
-- a user's can be deleted here: that is for an erase request, which is audited.
grant select on users, oauth_tokens, subscriptions, twitter_data, analyses, analyzed_tweets, usage, ingest_runs, data_exports,
    dead_letters, alerts, receipts, audit_log, audit_heads, schema_migrations to repazoo_operator;
grant update on dead_letters, alerts to repazoo_operator;
grant update (access_token, refresh_token, refresh_sent_for) on oauth_tokens to repazoo_operator;

-- The backend's own three tables, and what it shows to the customer.
grant select, insert, update on users, oauth_tokens, subscriptions to repazoo_backend;
grant select on analyses, usage, data_exports to repazoo_backend;
