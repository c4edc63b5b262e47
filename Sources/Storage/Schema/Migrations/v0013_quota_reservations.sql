-- An analysis is charged to its user's month (UTC) before the provider is asked anything, and the charge is kept or given back
-- with its end. usage.used holds both: what was charged for good, and what is reserved. A reservation is a row under the id of the
-- message that it was made for, so a redelivery finds its own, whatever crashed in between.

create table quota_reservations (
    message_id  text primary key,
    user_id     text not null references users (id),
    period      text not null constraint quota_reservations_period_is_a_month check (period ~ '^\d{4}-\d{2}$'),
    reserved_at timestamptz not null default now(),
    touched_at  timestamptz not null default now()  -- the newest attempt
);
create index quota_reservations_by_user on quota_reservations (user_id, period);
select isolate_by_user('quota_reservations');

-- Whether the message may go on: it has a reservation already, or gets one as long as fewer than p_quota are used. Whoever asks for
-- the same month of the same user stands in line at its row of usage. The month is that of the first attempt. A quota that changed in
-- the middle of the month counts from now on; what was reserved before stays so.
--
-- What nobody has touched for three days belongs to a message that is nowhere any more (no message is put off for longer than two),
-- and is given back.
create function reserve_quota(p_message_id text, p_user_id text, p_period text, p_quota integer) returns boolean
language plpgsql as
$$
declare
    v_abandoned integer;
begin
    update quota_reservations set touched_at = now() where message_id = p_message_id and user_id = p_user_id;
    if found then
        return true;
    end if;
    insert into usage (user_id, period, used, quota) values (p_user_id, p_period, 0, p_quota) on conflict do nothing;
    perform from usage where user_id = p_user_id and period = p_period for update;
    -- Another delivery of the same message may have been quicker.
    if exists (select from quota_reservations where message_id = p_message_id and user_id = p_user_id) then
        return true;
    end if;
    with abandoned as (
        delete from quota_reservations
        where user_id = p_user_id and period = p_period and touched_at < now() - interval '3 days' returning message_id
    )
    select count(*) into v_abandoned from abandoned;
    update usage set used = greatest(used - v_abandoned, 0), quota = p_quota
        where user_id = p_user_id and period = p_period and (v_abandoned > 0 or quota <> p_quota);
    update usage set used = used + 1 where user_id = p_user_id and period = p_period and used < p_quota;
    if not found then
        return false;
    end if;
    insert into quota_reservations (message_id, user_id, period) values (p_message_id, p_user_id, p_period);
    return true;
end
$$;

-- Inside the transaction that stores the analysis: the reservation becomes a charge. One that was given back meanwhile, as its message
-- was taken for dead, is made anew, or ends the transaction as charge_quota does.
create function settle_quota(p_message_id text, p_user_id text, p_period text, p_quota integer) returns void
language plpgsql as
$$
begin
    delete from quota_reservations where message_id = p_message_id and user_id = p_user_id;
    if not found then
        perform charge_quota(p_user_id, p_period, p_quota);
    end if;
end
$$;

-- The analysis did not happen. Nothing is given back twice: the row is what is given back.
create function release_quota(p_message_id text) returns void language plpgsql security definer as
$$
declare
    v_reservation quota_reservations;
begin
    select * into v_reservation from quota_reservations where message_id = p_message_id;
    if not found then
        return;
    end if;
    -- The same order of locks as reserve_quota's.
    perform from usage where user_id = v_reservation.user_id and period = v_reservation.period for update;
    delete from quota_reservations where message_id = p_message_id;
    if found then
        update usage set used = used - 1
            where user_id = v_reservation.user_id and period = v_reservation.period and used > 0;
    end if;
end
$$;

-- A message may die without a consumer's doing: the broker gives it up after so many deliveries. Then this gives its quota back.
create function release_quota_of_the_dead() returns trigger language plpgsql security definer as
$$
begin
    perform release_quota(new.message_id);
    return null;
end
$$;

do $$
declare
    v_function regprocedure;
begin
    foreach v_function in array array['release_quota(text)', 'release_quota_of_the_dead()']::regprocedure[] loop
        execute format('alter function %s set search_path = %I, pg_temp', v_function, current_schema());
    end loop;
end
$$;

create trigger dead_letters_release_quota after insert or update of died_at on dead_letters
    for each row when (new.queue = 'repazoo.analyze' and new.message_id is not null)
    execute function release_quota_of_the_dead();

revoke execute on function reserve_quota(text, text, text, integer), settle_quota(text, text, text, integer),
    release_quota(text), release_quota_of_the_dead() from public;
grant select, insert, update, delete on quota_reservations to repazoo_analyze;
grant execute on function reserve_quota(text, text, text, integer), settle_quota(text, text, text, integer), release_quota(text)
    to repazoo_analyze;
grant select, delete on quota_reservations to repazoo_retention;
grant select on quota_reservations to repazoo_operator;
