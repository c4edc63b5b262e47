-- Exports: one row for each request that is worked on. A row is claimed by one process at a time, under a number that grows with each
-- claim; whoever finds another number there has been overtaken and must not finish. So a request survives the death of its process,
-- and two processes that take themselves for the same one do no harm.

-- When a request must be answered. Art. 12(3) GDPR: within one month of receipt, on the same day of the next month or its last one;
-- a weekend moves it to Monday (Regulation 1182/71, Art. 3). Public holidays are not known here: the date is never too late.
create function export_answer_due(p_received timestamptz) returns timestamptz language sql immutable parallel safe as
$$
    select (due + case extract(isodow from due) when 6 then interval '2 days' when 7 then interval '1 day' else interval '0' end)
        at time zone 'UTC'
    from (select p_received at time zone 'UTC' + interval '1 month' as due) as month
$$;

-- CCPA regulations § 7021: to be confirmed within ten business days.
create function export_confirmation_due(p_received timestamptz) returns timestamptz language sql immutable parallel safe as
$$
    select (received + case extract(isodow from received)
        when 6 then interval '13 days' when 7 then interval '12 days' else interval '14 days' end) at time zone 'UTC'
    from (select p_received at time zone 'UTC' as received) as asked
$$;

alter table data_exports
    -- The message that asked first.
    add column message_id         text,
    add column requested_by       text,
    add column attempt            integer not null default 0,
    -- How often the tick had to send the request on its way again.
    add column resumed            integer not null default 0,
    add column claimed_until      timestamptz,
    -- A code, of the last failure.
    add column failure            text,
    -- The key under which the objects lie encrypted, itself as Fernet text. Without it they are noise.
    add column object_secret      text,
    -- Records of each category.
    add column counts             jsonb not null default '{}',
    add column objects_deleted_at timestamptz,
    add column answer_due_at      timestamptz generated always as (export_answer_due(requested_at)) stored,
    add column confirm_due_at     timestamptz generated always as (export_confirmation_due(requested_at)) stored,
    add column ccpa_due_at        timestamptz
        generated always as ((requested_at at time zone 'UTC' + interval '45 days') at time zone 'UTC') stored,
    -- Two months more, if the person was told within the first.
    add column extended_to        timestamptz;

create unique index data_exports_one_pending on data_exports (user_id) where status = 'pending';
create index data_exports_by_expiry on data_exports (expires_at) where status = 'ready';

-- Requests that wait for their answer: no export of that user was ready since. due_at is the earlier of the two laws' dates.
create view export_deadlines as
select id as export_id, user_id, status, requested_at, confirm_due_at,
    coalesce(extended_to, least(answer_due_at, ccpa_due_at)) as due_at
from data_exports as open
where status in ('pending', 'failed') and not exists (
    select from data_exports as answer
    where answer.user_id = open.user_id and answer.status in ('ready', 'expired') and answer.completed_at >= open.requested_at);

-- Finds or makes the export that a request is about, and takes it on. The verdict is
--   go             claimed: work on export_id under attempt, until a time that is to be put off meanwhile
--   ready          there is one already, which is less than a day old
--   busy           somebody else works on one; ask again later
--   unknown_user, user_erased
-- The same message takes over from itself at once: the broker gives it out anew only when its consumer is gone.
create function export_claim(
    p_user_id text, p_export_id text, p_message_id text, p_requested_by text, p_requested_at timestamptz, p_now timestamptz,
    p_lease interval
) returns table (
    verdict text, export_id text, attempt integer, until timestamptz, bytes bigint, sha256 text, requested_at timestamptz,
    isresumed boolean
) language plpgsql security definer as
$$
#variable_conflict use_column
declare
    v_erased timestamptz;
    v_row    data_exports;
    v_new    boolean := false;
begin
    if p_user_id is distinct from current_setting('repazoo.user_id', true) then
        raise exception using errcode = '42501', message = 'an export is claimed for the user whose rows are seen';
    end if;
    select erased_at into v_erased from users where id = p_user_id for no key update;
    if not found or v_erased is not null then
        return query select case when v_erased is null then 'unknown_user' else 'user_erased' end, null::text, null::integer,
            null::timestamptz, null::bigint, null::text, null::timestamptz, false;
        return;
    end if;

    select * into v_row from data_exports as e
    where e.user_id = p_user_id and e.status = 'ready' and e.expires_at > p_now
        and (e.id = p_export_id or e.requested_at > p_now - interval '1 day')
    order by e.id = p_export_id desc, e.completed_at desc limit 1;
    if found then
        return query select 'ready', v_row.id, v_row.attempt, v_row.expires_at, v_row.bytes, v_row.sha256, v_row.requested_at, false;
        return;
    end if;

    select * into v_row from data_exports as e where e.user_id = p_user_id and e.status = 'pending' for update;
    if found and v_row.message_id is distinct from p_message_id and v_row.claimed_until > p_now then
        return query select 'busy', v_row.id, v_row.attempt, v_row.claimed_until, null::bigint, null::text, v_row.requested_at, false;
        return;
    end if;
    if not found then
        -- This message's own, which failed or is gone: replayed, it begins again.
        select * into v_row from data_exports as e where e.id = p_export_id and e.user_id = p_user_id for update;
    end if;
    if not found then
        v_new := true;
        insert into data_exports (id, user_id, message_id, requested_by, requested_at)
        values (p_export_id, p_user_id, p_message_id, p_requested_by, p_requested_at)
        returning * into v_row;
    end if;
    update data_exports as e
    set status = 'pending', attempt = e.attempt + 1, claimed_until = p_now + p_lease, completed_at = null, expires_at = null
    where e.id = v_row.id returning * into v_row;
    return query select 'go', v_row.id, v_row.attempt, v_row.claimed_until, null::bigint, null::text, v_row.requested_at, not v_new;
end
$$;

-- The last effect of an export's commit. Ends the transaction with SQLSTATE RZ015 when the row is gone (an erasure) or somebody else's.
create function export_complete(
    p_export_id text, p_attempt integer, p_object_key text, p_object_secret text, p_bytes bigint, p_sha256 text, p_counts jsonb,
    p_now timestamptz, p_expires_at timestamptz
) returns void language plpgsql as
$$
begin
    update data_exports
    set status = 'ready', completed_at = p_now, expires_at = p_expires_at, object_key = p_object_key,
        object_secret = p_object_secret, bytes = p_bytes, sha256 = p_sha256, counts = p_counts, claimed_until = null,
        failure = null, objects_deleted_at = null
    where id = p_export_id and attempt = p_attempt and status = 'pending';
    if not found then
        raise exception using errcode = 'RZ015', message = 'export_overtaken';
    end if;
end
$$;

-- The alerts about the user whose rows are seen: those that name the user, in the column for it once there is one, else as subject.
create function alerts_about_user() returns setof alerts language plpgsql stable security definer as
$$
begin
    return query select a.* from alerts as a
        where coalesce(to_jsonb(a) ->> 'user_id', a.subject) = nullif(current_setting('repazoo.user_id', true), '');
end
$$;

do $$
begin
    execute format('alter function alerts_about_user() set search_path = %I, pg_temp', current_schema());
    execute format(
        'alter function export_claim(text, text, text, text, timestamptz, timestamptz, interval) set search_path = %I, pg_temp',
        current_schema());
    -- Made before there was the rule that a new function is nobody's, or after: the same in the end.
    revoke execute on function export_claim(text, text, text, text, timestamptz, timestamptz, interval) from public;
    revoke execute on function alerts_about_user() from public;
    revoke execute on function export_complete(text, integer, text, text, bigint, text, jsonb, timestamptz, timestamptz) from public;
end
$$;
grant execute on function export_answer_due(timestamptz), export_confirmation_due(timestamptz) to
    repazoo_export, repazoo_retention, repazoo_console, repazoo_operator, repazoo_backend;
grant execute on function export_claim(text, text, text, text, timestamptz, timestamptz, interval) to repazoo_export;
grant execute on function export_complete(text, integer, text, text, bigint, text, jsonb, timestamptz, timestamptz)
    to repazoo_export;
grant execute on function alerts_about_user() to repazoo_export;
grant select on export_deadlines to repazoo_monitor, repazoo_console, repazoo_operator;
