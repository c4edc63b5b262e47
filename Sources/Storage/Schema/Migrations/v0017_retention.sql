-- Retention and erasure: ticks that are worked once, legal holds, erasures with their certificates, and the ledger of erasures
-- that a restored database is measured by.
--
-- Why no table is partitioned by time, so that deletion would be a partition drop: what has to go is chosen by user (inactive,
-- revoked, cancelled, erased) or by a time that moves (retain_until is set anew with every ingestion), and a unique key of a
-- partitioned table must hold the partition's column, so unique (user_id, tweet_id) and unique (consumer, message_id), on which
-- "once in effect" stands, would be lost. Of audit_log nothing is ever deleted: its entries lose their content.
-- bench/retention measures what batches cost instead.

-- Which message is to work a slot; whoever comes second for the same slot has nothing to do.
create table tick_slots (
    schedule   text not null,
    slot       timestamptz not null,
    message_id text not null,
    claimed_at timestamptz not null default now(),
    primary key (schedule, slot)
);

-- The message that the slot belongs to: this one, if it was the first.
create function claim_tick(p_schedule text, p_slot timestamptz, p_message_id text) returns text language plpgsql as
$$
begin
    insert into tick_slots (schedule, slot, message_id) values (p_schedule, p_slot, p_message_id) on conflict do nothing;
    return (select message_id from tick_slots where schedule = p_schedule and slot = p_slot);
end
$$;

-- As require_consent, for work that needs no consent but must not bring back anybody who was erased.
create function require_not_erased(p_user_id text) returns void language plpgsql as
$$
declare
    v_reason text;
begin
    select case when erased_at is not null then 'user_erased' end into v_reason
    from users where id = p_user_id for no key update;
    if not found then
        v_reason := 'unknown_user';
    end if;
    if v_reason is not null then
        raise exception using errcode = 'RZ001', message = v_reason;
    end if;
end
$$;

-- Blocks hard deletion of one category of one user's data, nothing else. Never deleted: it is evidence itself.
create table legal_holds (
    id          text primary key default gen_random_uuid()::text,
    user_id     text not null,
    category    text not null constraint legal_holds_category_is_known
                     check (category in ('all', 'account', 'tweets', 'analyses', 'exports', 'audit', 'messages')),
    owner       text not null constraint legal_holds_has_owner check (owner <> ''),
    reason      text not null constraint legal_holds_has_reason check (reason <> ''),
    set_at      timestamptz not null default now(),
    expires_at  timestamptz not null,
    released_at timestamptz,
    released_by text,
    constraint legal_holds_end check (expires_at > set_at)
);
create index legal_holds_by_user on legal_holds (user_id) where released_at is null;

-- One row per request to erase: what was there, and what became of it. The user's id is all that stays of a user.
create table erasures (
    message_id   text primary key,
    user_id      text not null,
    requested_at timestamptz not null,
    started_at   timestamptz not null,
    completed_at timestamptz,
    before       jsonb not null,           -- rows per table when it began
    audit        jsonb not null default '{}',  -- the chain of the audit trail that was forgotten, and how far it went
    withheld     text[] not null default '{}',  -- categories under a legal hold when it ended: a later tick takes them
    certificate  text                      -- the signed JSON, to the byte
);
create index erasures_open on erasures (requested_at) where completed_at is null;
create index erasures_withheld on erasures (user_id) where withheld <> '{}';

-- Names this database's ledger in the object store; a restored copy has the same name. The salt makes the hashes its own.
create table erasure_ledger_name (
    id   text primary key default gen_random_uuid()::text,
    salt text not null default encode(sha256(convert_to(gen_random_uuid()::text || gen_random_uuid()::text, 'UTF8')), 'hex'),
    only_one boolean not null unique default true check (only_one)
);
insert into erasure_ledger_name default values;

create table erasure_ledger (
    position  bigint primary key,
    entry_id  text not null unique,
    subject   text not null unique,   -- erasure_subject(user id)
    erased_at timestamptz not null,
    copied_at timestamptz             -- when it was safe in the object store
);

create function erasure_subject(p_user_id text) returns text language sql stable as
$$ select encode(sha256(convert_to((select salt from erasure_ledger_name) || ':' || p_user_id, 'UTF8')), 'hex') $$;

-- Enters a user; once is enough. The table's lock makes positions follow each other in the order of the commits, without gaps.
create function enter_in_ledger(p_user_id text, p_at timestamptz) returns void language plpgsql as
$$
begin
    lock table erasure_ledger in share row exclusive mode;
    insert into erasure_ledger (position, entry_id, subject, erased_at)
    select coalesce(max(position), 0) + 1, gen_random_uuid()::text, erasure_subject(p_user_id), p_at from erasure_ledger
    on conflict (subject) do nothing;
end
$$;

-- X's compliance jobs: each asks about a run of ids, in the order of the ids.
create table compliance_jobs (
    job_id       text primary key,
    kind         text not null constraint compliance_jobs_kind_is_known check (kind in ('tweets', 'users')),
    status       text not null default 'open' constraint compliance_jobs_status_is_known
                      check (status in ('open', 'done', 'failed')),
    ids          integer not null,
    last_id      text not null,            -- the next job of this kind goes on behind it
    is_last      boolean not null,         -- the run reached the end of the ids
    submitted_at timestamptz not null,
    settled_at   timestamptz,
    found        jsonb not null default '{}'  -- how many of which reason
);
create index compliance_jobs_open on compliance_jobs (submitted_at) where status = 'open';

-- A revoked token is of no use; its row stays as evidence of the consent. The backend may store a new one in the same row.
alter table oauth_tokens add column scrubbed_at timestamptz;

-- What is due is found by these, in the order in which it is due, whatever the size of the table.
drop index twitter_data_due;
create index twitter_data_live on twitter_data (retain_until, user_id, id) where deleted_at is null;
create index twitter_data_deleted on twitter_data (deleted_at, user_id, id) where deleted_at is not null;
create index twitter_data_by_tweet on twitter_data (tweet_id, user_id);
create index analyses_live on analyses (retain_until, user_id, id) where deleted_at is null;
create index analyses_deleted on analyses (deleted_at, user_id, id) where deleted_at is not null;
create index oauth_tokens_revoked on oauth_tokens (revoked_at, user_id) where revoked_at is not null;
create index subscriptions_cancelled on subscriptions ((coalesce(cancelled_at, current_period_end)), user_id)
    where status = 'cancelled';
create index users_by_activity on users ((coalesce(last_active_at, created_at)), id);

-- A message that dies after its user was erased leaves no trace of the user. The lock waits for an erasure that is under way.
create function forget_the_erased() returns trigger language plpgsql security definer set search_path from current as
$$
begin
    perform from users where id = new.user_id for share;
    if exists (select from users where id = new.user_id and erased_at is not null) then
        new.user_id := null;
        new.body := null;
        new.replayable := false;
    end if;
    return new;
end
$$;
create trigger dead_letters_of_the_erased before insert on dead_letters
    for each row when (new.user_id is not null) execute function forget_the_erased();

select isolate_by_user('legal_holds');
select isolate_by_user('erasures');

-- MARK: Rights. New tables of users' data must be open to erasure: whoever makes one need not think of it.

do $$
declare
    v_table regclass;
begin
    for v_table in
        select c.oid::regclass from pg_class c join pg_attribute a on a.attrelid = c.oid
        where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p') and a.attname = 'user_id'
            and not a.attisdropped and c.relname not like 'audit\_%' and c.relname <> 'legal_holds'
    loop
        execute format('grant select (user_id), delete on %s to repazoo_retention', v_table);
    end loop;
    execute format(
        'alter default privileges in schema %I grant select, delete on tables to repazoo_retention', current_schema());
end
$$;

-- Locks the chains of the audit trail in the order in which everybody locks them.
create function lock_chains(p_chains text[]) returns integer language plpgsql security definer as
$$
declare
    v_chain text;
begin
    foreach v_chain in array (select coalesce(array_agg(chain order by chain), '{}') from unnest(p_chains) as chain) loop
        perform audit_lock(v_chain);
    end loop;
    return cardinality(p_chains);
end
$$;

do $$
declare
    v_function regprocedure;
begin
    foreach v_function in array array[
        'lock_chains(text[])', 'require_not_erased(text)', 'forget_the_erased()', 'claim_tick(text, timestamptz, text)',
        'erasure_subject(text)'
    ]::regprocedure[]
    loop
        execute format(
            'alter function %s security definer set search_path = %I, pg_temp', v_function, current_schema());
    end loop;
end
$$;

grant execute on function lock_chains(text[]), enter_in_ledger(text, timestamptz) to repazoo_retention;
grant execute on function require_not_erased(text) to
    repazoo_ingest, repazoo_analyze, repazoo_export, repazoo_retention, repazoo_monitor, repazoo_alert;
grant execute on function claim_tick(text, timestamptz, text) to repazoo_retention, repazoo_monitor;
grant execute on function erasure_subject(text) to repazoo_retention, repazoo_operator;

-- Every program asks at its start whether the ledger is older than its copy.
grant select on erasure_ledger, erasure_ledger_name to
    repazoo_ingest, repazoo_analyze, repazoo_export, repazoo_retention, repazoo_monitor, repazoo_alert, repazoo_scheduler,
    repazoo_console, repazoo_operator;
grant insert, update on erasure_ledger to repazoo_retention;
grant select, insert, update on erasures, compliance_jobs to repazoo_retention;
grant select on erasures to repazoo_monitor, repazoo_console, repazoo_operator;
grant select on compliance_jobs, tick_slots to repazoo_monitor, repazoo_console, repazoo_operator;
grant select on legal_holds to repazoo_retention, repazoo_monitor, repazoo_console;
grant select, insert, update on legal_holds to repazoo_operator;
-- To lock a row takes a right to change it.
grant update (outcome) on receipts to repazoo_retention;
grant select (scrubbed_at), update (scrubbed_at) on oauth_tokens to repazoo_retention;
