-- The life of an alert, what is still to be told of it, and what the monitor's rules look at.

alter table alerts
    add constraint alerts_severity_is_known check (severity in ('warning', 'critical', 'compliance')),
    add column user_id         text,  -- whom it is about, for the export: masked everywhere else
    -- 1 for the first time, one more each time it comes back after it was resolved.
    add column episode         integer not null default 1 constraint alerts_episode_positive check (episode > 0),
    -- Looks in a row that found nothing; at the rule's number it is resolved.
    add column calm            integer not null default 0,
    add column opened_at       timestamptz not null default now(),  -- of this episode
    add column value           double precision,
    add column threshold       double precision,
    add column acknowledged_at timestamptz,
    add column acknowledged_by text,
    add column resolved_at     timestamptz,
    add column resolved_by     text,
    add column note            text,
    -- The breach clock (Art. 33 GDPR): 72 hours from becoming aware.
    add column aware_at        timestamptz,
    add column deadline_at     timestamptz,
    add column reminders       integer not null default 0,
    -- Whoever changes a row says which version it has seen.
    add column version         integer not null default 0;

create index alerts_by_fingerprint on alerts (fingerprint, last_seen_at desc);
create index alerts_by_age on alerts (status, last_seen_at desc);
create index alerts_by_user on alerts (user_id) where user_id is not null;

-- Stores an alert as somebody decided after reading version p_version of it (-1: there was none). SQLSTATE 40001 when another was
-- quicker: read again, decide again.
create function alert_store(p_row alerts, p_version integer) returns void language plpgsql as
$$
begin
    if p_version < 0 then
        insert into alerts (
            id, rule, severity, fingerprint, subject, user_id, status, count, first_seen_at, last_seen_at, detail, episode,
            calm, opened_at, value, threshold, acknowledged_at, acknowledged_by, resolved_at, resolved_by, note, aware_at,
            deadline_at, reminders)
        values (
            p_row.id, p_row.rule, p_row.severity, p_row.fingerprint, p_row.subject, p_row.user_id, p_row.status, p_row.count,
            p_row.first_seen_at, p_row.last_seen_at, p_row.detail, p_row.episode, p_row.calm, p_row.opened_at, p_row.value,
            p_row.threshold, p_row.acknowledged_at, p_row.acknowledged_by, p_row.resolved_at, p_row.resolved_by, p_row.note,
            p_row.aware_at, p_row.deadline_at, p_row.reminders);
    else
        update alerts
        set severity = p_row.severity, status = p_row.status, count = p_row.count, first_seen_at = p_row.first_seen_at,
            last_seen_at = p_row.last_seen_at, detail = p_row.detail, episode = p_row.episode, calm = p_row.calm,
            opened_at = p_row.opened_at, value = p_row.value, threshold = p_row.threshold,
            acknowledged_at = p_row.acknowledged_at, acknowledged_by = p_row.acknowledged_by,
            resolved_at = p_row.resolved_at, resolved_by = p_row.resolved_by, note = p_row.note,
            aware_at = p_row.aware_at, deadline_at = p_row.deadline_at, reminders = p_row.reminders,
            version = p_version + 1
        where id = p_row.id and version = p_version;
        if not found then
            raise exception using errcode = '40001', message = 'another changed this alert';
        end if;
    end if;
exception when unique_violation then
    raise exception using errcode = '40001', message = 'another opened this alert';
end
$$;

-- What is to be told, by channel: `events` goes to the broker, the others to people. The rows of a channel are sent in the order of
-- their ids, by one process at a time.
create table alert_outbox (
    id         bigint generated always as identity primary key,
    channel    text not null constraint alert_outbox_channel_is_known
                    check (channel in ('events', 'email', 'slack', 'pagerduty')),
    alert_id   text references alerts (id) on delete cascade,  -- null: asked for by alert_raise
    episode    integer not null default 1,
    kind       text not null,
    number     integer not null default 0,  -- of a reminder
    notice     jsonb not null,              -- what is told, as it was when it was written
    -- sending: handed to the channel; if it stays so, the sender died, and nobody knows whether it arrived.
    status     text not null default 'pending' constraint alert_outbox_status_is_known
                    check (status in ('pending', 'sending', 'sent', 'refused', 'folded')),
    attempts   integer not null default 0,
    problem    text,                        -- of the last attempt, in a word of ours
    not_before timestamptz not null default now(),
    created_at timestamptz not null default now(),
    settled_at timestamptz,
    constraint alert_outbox_once unique (alert_id, episode, kind, number, channel)
);
create index alert_outbox_due on alert_outbox (channel, id) where status in ('pending', 'sending');
create index alert_outbox_by_age on alert_outbox (settled_at) where settled_at is not null;

-- Who sends for a channel, and when it may go on. By this database's clock.
create table alert_channels (
    channel    text primary key,
    holder     text,
    held_until timestamptz not null default '-infinity',
    next_at    timestamptz not null default '-infinity',
    failures   integer not null default 0  -- in a row
);
insert into alert_channels (channel) values ('events'), ('email'), ('slack'), ('pagerduty');

-- For others, inside the transaction of what they found: repazoo-alert publishes it as the event alert.opened, and opens the alert.
create function alert_raise(p_rule text, p_severity text, p_subject text, p_user_id text, p_detail jsonb, p_at timestamptz)
returns void language sql as
$$
    insert into alert_outbox (channel, kind, notice)
    values ('events', 'raised', jsonb_build_object(
        'rule', p_rule, 'severity', p_severity, 'subject', p_subject, 'user_id', p_user_id, 'at', p_at,
        'detail', coalesce(p_detail, '{}'::jsonb)))
$$;

-- The alert that a dead letter is counted in; null until it is counted.
alter table dead_letters add column alert_id text;
create index dead_letters_uncounted on dead_letters (stored_at) where alert_id is null and status = 'new';
create index dead_letters_by_alert on dead_letters (alert_id) where status = 'new';

-- How a letter's code groups: a word as it is; of a sentence about an invalid message its first two words.
create function dead_letter_kind(p_code text) returns text language sql immutable parallel safe as
$$
    select case
        when p_code is null then 'none'
        when p_code ~ '^[a-z][a-z0-9_]{0,39}$' then p_code
        when p_code ~ '^(body|field|property|header)\M' then
            coalesce(substring(p_code from '^(?:field|property|header) [A-Za-z_-]{1,40}'), substring(p_code from '^[a-z]+'))
        else 'other'
    end
$$;

-- Queries by program and user (empty: nobody in particular), counted where they are made, by minute.
create table database_access (
    program text not null,
    user_id text not null,
    minute  timestamptz not null,
    queries bigint not null,
    primary key (minute, program, user_id)
);

-- Every consumer process says here that it lives.
create table heartbeats (
    program            text not null,
    instance           text not null,
    started_at         timestamptz not null,
    beat_at            timestamptz not null default now(),
    in_flight          integer not null default 0,
    taken_published_at timestamptz,  -- when the message was published that it took last, at its first attempt
    primary key (program, instance)
);

-- What the monitor remembers from one look to the next.
create table monitor_state (
    name  text primary key,
    at    timestamptz not null default now(),
    value jsonb not null default '{}'
);

-- The entries that rules ask for are few among many.
create index audit_log_not_done on audit_log (action, at) where outcome <> 'done';

-- One look of a program at itself: that it lives, and whom its queries were about. Runs as the owner, as it writes rows of many users.
create function pulse(
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
    from unnest(p_users, p_queries) as counted(user_id, queries) order by user_id
    on conflict (minute, program, user_id) do update set queries = database_access.queries + excluded.queries;
end
$$;

-- It has stopped cleanly.
create function last_pulse(p_program text, p_instance text) returns void language sql security definer as
$$ delete from heartbeats where program = p_program and instance = p_instance $$;

-- MARK: Rights

do $$
declare
    v_function regprocedure;
begin
    foreach v_function in array array[
        'pulse(text, text, timestamptz, integer, timestamptz, text[], bigint[])', 'last_pulse(text, text)',
        'alert_raise(text, text, text, text, jsonb, timestamptz)'
    ]::regprocedure[]
    loop
        execute format('alter function %s security definer set search_path = %I, pg_temp', v_function, current_schema());
    end loop;
end
$$;

select isolate_by_user('alerts');

grant execute on function
    pulse(text, text, timestamptz, integer, timestamptz, text[], bigint[]), last_pulse(text, text),
    alert_raise(text, text, text, text, jsonb, timestamptz)
to repazoo_ingest, repazoo_analyze, repazoo_export, repazoo_retention, repazoo_monitor, repazoo_alert, repazoo_scheduler,
    repazoo_console, repazoo_operator;
grant execute on function alert_store(alerts, integer) to repazoo_monitor, repazoo_alert, repazoo_console, repazoo_operator;
grant execute on function dead_letter_kind(text) to repazoo_alert, repazoo_monitor;
grant select on alerts to repazoo_export;
grant select (alert_id, user_id) on dead_letters to repazoo_monitor;
grant select (id, status, requested_at, completed_at) on data_exports to repazoo_monitor;

grant select, insert, update, delete on alert_outbox to repazoo_alert, repazoo_monitor;
grant select, insert, update on alert_outbox to repazoo_operator, repazoo_console;
grant select, update on alert_channels to repazoo_alert;
grant select on alert_channels to repazoo_monitor, repazoo_operator, repazoo_console;
grant select, delete on database_access, heartbeats to repazoo_monitor;
grant select on database_access, heartbeats to repazoo_operator, repazoo_console;
grant select, insert, update on monitor_state to repazoo_monitor;
grant select on monitor_state to repazoo_alert, repazoo_operator, repazoo_console;
grant select on schema_migrations to repazoo_monitor;

comment on table alerts is 'What is wrong, for the operator. Purpose: security and the duty to tell of breaches. Basis: legal obligation (Art. 32, 33). Kept: until erasure of the person that it is about.';
comment on column alerts.subject is 'Whom or what it is about; of a person the id. From: the consumers.';
comment on column alerts.user_id is 'The person that it is about. From: the consumers.';
comment on table database_access is 'Queries by program and person. Purpose: to notice that somebody looks at a person''s data too often. Basis: legal obligation (Art. 32). Kept: one day.';
comment on column database_access.user_id is 'Whose data the queries were about. From: the consumers.';
