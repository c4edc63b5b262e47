-- What makes the console's pages quick with a million runs, and what it knows of the guarantees.

-- MARK: Pages that stay quick

-- Messages of the consumers that get few, which would be looked for long among the others'.
create index receipts_of_few on receipts (consumer, completed_at desc) where consumer not in ('ingest', 'analyze');
create index dead_letters_by_death on dead_letters (died_at desc);

-- MARK: The guarantees

-- What the last check of each guarantee found in the data that is there. The first has no line: queues are looked at, not counted here.
create table guarantee_checks (
    guarantee  integer primary key,
    faults     bigint not null,
    checked_at timestamptz not null
);
grant select on guarantee_checks to repazoo_console, repazoo_operator;

-- Beside what others noted, what can be looked at itself is: quotas against the analyses that were made of them, stored texts for what
-- looks like an address or a key, the hashes of the newest audit entries.
create or replace function guarantee_faults() returns table (guarantee integer, faults bigint)
language sql stable security definer as
$$
    select 2, (case when exists (
        select from pg_constraint where conname = 'receipts_pkey' and conrelid = 'receipts'::regclass) then 0::bigint else 1 end)
        + (case when exists (
        select from pg_constraint where conname = 'analyses_once_per_message' and conrelid = 'analyses'::regclass) then 0 else 1 end)
    union all select 3, (select count(*) from dead_letters where code = 'privacy_check' and died_at > now() - interval '30 days')
        + (select count(*) from alerts where status <> 'resolved' and rule like 'prompt%')
    union all select 4, (select count(*) from alerts where status <> 'resolved' and rule like 'privacy%')
        + (select count(*) from (
            select body || coalesce(headers::text, '') as words from dead_letters where died_at > now() - interval '1 day'
            union all select detail::text from alerts where last_seen_at > now() - interval '1 day'
            union all select detail::text from (
                select detail from audit_log where at > now() - interval '1 day' order by at desc limit 10000) as latest
        ) as corner where words ~* '[a-z0-9._%+-]+@[a-z0-9-]+\.[a-z]{2,}|sk-ant-|gAAAA[A-Za-z0-9_-]{40}|bearer [a-z0-9]')
    union all select 5, (select count(*) from audit_log where action = 'rate_limit.violation' and outcome <> 'done'
        and at > now() - interval '24 hours')
    union all select 6, (select count(*) from usage
        where used > quota and period = to_char(now() at time zone 'UTC', 'YYYY-MM'))
        + (select count(*) from (
            select user_id, count(*) as made from analyses
            where created_at >= date_trunc('month', now() at time zone 'UTC') at time zone 'UTC' group by user_id) as month
        left join usage on usage.user_id = month.user_id and period = to_char(now() at time zone 'UTC', 'YYYY-MM')
        where month.made > coalesce(usage.used, 0))
    union all select 7, (select count(*) from oauth_tokens token where revoked_at is not null
        and not exists (select from oauth_tokens later where later.user_id = token.user_id
            and later.consented_at > token.consented_at)
        and exists (select from analyses where analyses.user_id = token.user_id
            and analyses.created_at > token.revoked_at + interval '1 minute'))
    union all select 8, (select count(*) from users where erased_at is not null and (
        exists (select from twitter_data where user_id = users.id) or exists (select from analyses where user_id = users.id)
        or exists (select from oauth_tokens where user_id = users.id)))
    union all select 9, (select count(*) from alerts where status <> 'resolved' and rule like 'audit%')
        + (select count(*) from audit_faults(now() - interval '10 minutes'))
    union all select 10, (select count(*) from pg_class where relname in ('users', 'twitter_data', 'analyses', 'oauth_tokens',
        'analyzed_tweets', 'subscriptions', 'usage', 'data_exports')
        and relnamespace = (select relnamespace from pg_class where oid = 'receipts'::regclass) and not relrowsecurity)
    union all select 11, (select count(*) from oauth_tokens where access_token not like 'gAAAA%' and access_token <> ''
        or refresh_token not like 'gAAAA%' and refresh_token <> '')
    union all select 12, (select count(*) from (
        select from schedule_slots group by schedule, slot having count(distinct message_id) > 1) as twice)
        + (select count(*) from (select from tick_slots group by schedule, slot having count(*) > 1) as worked)
$$;

-- Looks at all of them now, unless that was done within p_age or is being done. True when it looked.
create function check_guarantees(p_age interval) returns boolean language plpgsql security definer as
$$
begin
    if not pg_try_advisory_xact_lock(hashtext(current_schema() || '.guarantee_checks'))
        or exists (select from guarantee_checks where checked_at > now() - p_age) then
        return false;
    end if;
    insert into guarantee_checks (guarantee, faults, checked_at)
    select guarantee, faults, clock_timestamp() from guarantee_faults()
    on conflict (guarantee) do update set faults = excluded.faults, checked_at = excluded.checked_at;
    return true;
end
$$;
do $$
begin
    execute format('alter function guarantee_faults() set search_path = %I, pg_temp', current_schema());
    execute format('alter function check_guarantees(interval) set search_path = %I, pg_temp', current_schema());
end
$$;
revoke execute on function check_guarantees(interval) from public;
grant execute on function check_guarantees(interval) to repazoo_console, repazoo_operator;

-- MARK: The record of processing, of what 0023 left out or came later

comment on table console_sessions is 'Who is signed in to the console. Purpose: access control. Basis: legitimate interest (security). About: our own staff. Kept: hours.';
comment on column console_sessions.user_name is 'Name of a member of staff. From: CONSOLE_USERS, or the organisation''s sign-in service.';
comment on table analyzed_tweets is 'Ids of posts that an analysis has paid for. Purpose: to charge none twice. Basis: contract. Kept: until erasure.';
comment on table ingest_runs is 'How far a long timeline has been read. Purpose: to go on after an interruption. Basis: consent. Kept: until the timeline is read, or erasure.';
comment on table quota_reservations is 'Analyses that are paid for and under way. Purpose: quota. Basis: contract. Kept: until the analysis ends.';
comment on table analysis_runs is 'Who works on whose posts. Purpose: one analysis of a person at a time. Basis: contract. Kept: until the analysis ends.';
comment on table analysis_parts is 'Answers of the model before the analysis is whole. Purpose: not to ask twice. Basis: contract and consent. From: Anthropic''s models, of sanitized text. Kept: until the analysis ends.';
comment on table analysis_batches is 'Batches under way at the provider. Purpose: to fetch their answers. Basis: contract and consent. Recipient: Anthropic, sanitized. Kept: until the analysis ends.';
comment on table audit_heads is 'The end of each person''s audit trail. Purpose: to tell when entries are missing. Basis: legal duty. Kept: the user''s id until erasure, the hash longer.';
comment on table legal_holds is 'What may not be deleted, by whose order and why. Purpose: legal claims (Art. 17(3)(e)). Basis: legal duty. Kept: for good, as evidence.';
comment on column legal_holds.owner is 'Who ordered it: a member of staff, or counsel.';
comment on column legal_holds.reason is 'Case number; no words about the person.';
comment on table erasures is 'Requests to erase and what became of them. Purpose: to prove it. Basis: legal duty (Art. 5(2), 17). Kept: for good; the user''s id is all that stays of a person.';
comment on column erasures.certificate is 'Signed; names the person by a salted hash only.';
comment on table erasure_ledger is 'Hashes of erased ids. Purpose: to erase again after a backup is restored. Basis: legal duty. Kept: for good.';
comment on column erasure_ledger.subject is 'Salted hash of the user''s id.';
comment on table alert_outbox is 'Notices that are still to be sent. Purpose: to tell of what is wrong. Basis: legal obligation (Art. 32, 33). Recipients: mail, Slack, PagerDuty; users masked. Kept: 30 days.';
